import { compactDecrypt, type JWK } from 'jose';
import { problem } from './city.ts';
import { good, type Handler, page } from './handler.ts';
import { directoryEntry, IDS } from './parties.ts';
import { sealJwe } from './signing.ts';

const text = (en: string, hant: string, hans: string) => ({ en, 'zh-Hant': hant, 'zh-Hans': hans });

const PURPOSES = [
  { code: 'account-opening', text: text('To open a bank account', '開立銀行戶口', '开立银行账户') },
  { code: 'loan-application', text: text('To assess a loan', '評估貸款申請', '评估贷款申请') },
];

const change = (number: number, about: object) => ({
  id: `chg_${number}`,
  kind: 'purpose.permit',
  organisationId: IDS.bank,
  payload: { purpose: 'loan-application' },
  state: 'proposed',
  madeBy: 'per_2',
  madeAt: '2026-03-05T02:00:00Z',
  decidedBy: null,
  decidedAt: null,
  reason: null,
  ...about,
});

const CHANGES = [
  change(1, {}),
  change(2, {
    kind: 'organisation.register',
    organisationId: null,
    madeBy: 'per_1',
    payload: {
      slug: 'pier-university',
      kind: 'university',
      name: text('Pier University', '碼頭大學', '码头大学'),
    },
  }),
];

/** The reply address of the officer who asked last. */
let replyTo: JWK | null = null;

/** What the counter and the directory answer to officers. */
export const OFFICE: Readonly<Record<string, Handler>> = {
  'GET /api/counter/register-key': (city) =>
    good({ organisationId: IDS.persons, jwk: city.parties.all.persons.sealing.publicJwk }),
  'POST /api/counter/lookups': async (city, { body }) => {
    const { plaintext } = await compactDecrypt(
      String(body.query),
      city.parties.all.persons.sealing.privateKey,
    );
    const asked = JSON.parse(new TextDecoder().decode(plaintext)) as {
      idNo: string;
      dateOfBirth: string;
      replyTo: JWK;
    };
    replyTo = asked.replyTo;
    const found = asked.idNo === 'QZ482916(3)' && asked.dateOfBirth === '1991-04-17';
    const answer = found
      ? { found, nameEn: 'CHEUNG, Mei Ling Annabelle', nameZh: '張美玲', dateOfBirth: '1991-04-17' }
      : { found, nameEn: null, nameZh: null, dateOfBirth: null };
    return good({
      lookup: 'lkp_1',
      answer: await sealJwe(answer, { key: replyTo, kid: 'reply', typ: 'praya-lookup+jwe' }),
    });
  },
  'POST /api/counter/enrolments': async () => {
    if (replyTo === null) return problem(404, 'connector.lookup-unknown');
    const expiresAt = new Date(Date.now() + 15 * 60_000).toISOString();
    const to = { key: replyTo, kid: 'reply', typ: 'praya-enrolment-code+jwe' };
    return good({
      enrolment: 'enr_1',
      code: await sealJwe({ code: '7K3M-Q9TD-0XVA', expiresAt }, to),
      expiresAt,
    });
  },
  'GET /api/directory/organisations': (city, { query }) => {
    const search = (query.get('search') ?? '').toLowerCase();
    const all = Object.values(city.parties.all).map(directoryEntry);
    return page(
      all.filter((organisation) => JSON.stringify(organisation.name).toLowerCase().includes(search)),
    );
  },
  'GET /api/directory/organisations/*': (city, { parts }) => {
    const party = Object.values(city.parties.all).find(({ id }) => id === parts[0]);
    return party === undefined ? problem(404, 'directory.organisation-unknown') : good(directoryEntry(party));
  },
  'GET /api/directory/purposes': () => good({ items: PURPOSES }),
  'GET /api/directory/changes': (_city, { query }) =>
    page(CHANGES.filter(({ state }) => state === query.get('state'))),
  'POST /api/directory/changes': (_city, { body }) => ({
    status: 201,
    json: change(9, { ...body, madeBy: 'per_1' }),
  }),
  'POST /api/directory/changes/*/decision': (_city, { parts, body }) =>
    good(
      change(1, {
        id: parts[0],
        state: body.approve === true ? 'approved' : 'declined',
        reason: body.reason,
      }),
    ),
  'POST /api/directory/changes/*/withdrawal': (_city, { parts }) =>
    good(change(1, { id: parts[0], state: 'withdrawn' })),
};
