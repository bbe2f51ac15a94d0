import { organisations } from '@praya/city/organisations';
import type { JWK } from 'jose';
import { buildReceipt } from '../../../clients/verifier/src/testing/receipt-builder.ts';
import {
  type Answer,
  type Call,
  type City,
  prepare,
  preview,
  problem,
  session,
  signInOptions,
} from './city.ts';
import { good, type Handler, page } from './handler.ts';
import { LOGS } from './log-answers.ts';
import { NOTARY } from './notary-answers.ts';
import { OFFICE } from './office-answers.ts';
import { OPEN } from './open-answers.ts';
import { ACTS, consentView } from './records.ts';

const RESIDENTS = [
  {
    nameEn: 'CHEUNG, Mei Ling Annabelle',
    nameZh: '張美玲',
    note: {
      en: 'Lives in Wan Chai, owns her flat',
      'zh-Hant': '住灣仔，自置單位',
      'zh-Hans': '住湾仔，自置单位',
    },
  },
  {
    nameEn: 'HO, Tsz Kit',
    nameZh: '何子傑',
    note: { en: 'Officer at the counter', 'zh-Hant': '櫃位人員', 'zh-Hans': '柜位人员' },
  },
  {
    nameEn: 'LAU, Wing Yan',
    nameZh: '劉詠恩',
    note: { en: 'Director of two companies', 'zh-Hant': '兩間公司的董事', 'zh-Hans': '两家公司的董事' },
  },
];

const REDIRECT = { redirectTo: '/error?code=test.back-at-the-bank' };

const INTERACTION: Readonly<Record<string, Handler>> = {
  'GET /interaction/*/details': (city, { parts }) =>
    good({
      uid: parts[0],
      step: city.state.step,
      client: { id: 'lantern-bay-bank', name: organisations.bank.name },
      consentId: consentView(9, 'requested').id,
      demonstration: city.state.demonstration,
    }),
  'POST /interaction/*/sign-in/options': (city, { body }) =>
    signInOptions(city, (body.previewKey ?? null) as JWK | null),
  'POST /interaction/*/sign-in': (city) => {
    city.state.step = 'consent';
    city.state.signIns += 1;
    if (city.state.signIns > 1) city.state.refusePreviewOnce = false;
    return good({ step: 'consent' });
  },
  'POST /interaction/*/enrolment/options': (_city, { body }) =>
    body.code === '7K3M-Q9TD-0XVA'
      ? good({
          options: {
            challenge: 'Y2hhbGxlbmdl',
            rp: { id: 'localhost', name: 'Praya' },
            user: { id: 'cGVyXzE', name: 'resident', displayName: 'Resident' },
            pubKeyCredParams: [{ alg: -7, type: 'public-key' }],
            authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
          },
        })
      : problem(400, 'identity.enrolment-code', [
          { field: 'code', rule: 'unknown', message: 'no such code' },
        ]),
  'POST /interaction/*/enrolment': (city) => {
    city.state.step = 'consent';
    return good({ step: 'consent' });
  },
  'POST /interaction/*/abort': () => good(REDIRECT),
  'GET /interaction/*/consent': () => good(consentView(9, 'requested')),
  'POST /interaction/*/preview': (city, { body }) => preview(city, String(body.service)),
  'POST /interaction/*/consent/prepare': (city, { body }) => prepare(city, body),
  'POST /interaction/*/consent/agree': (city, { body }) => {
    city.state.agreed = body;
    return good(REDIRECT);
  },
  'POST /interaction/*/consent/refuse': () => good(REDIRECT),
};

const OWN: Readonly<Record<string, Handler>> = {
  'GET /session': (city) => good(session(city.state)),
  'POST /session/sign-out': (city) => {
    city.state.signedIn = false;
    return good({ redirectTo: '/' });
  },
  'GET /api/demonstration/residents': (city) =>
    city.state.demonstration
      ? good({ items: RESIDENTS.map((resident, index) => ({ ...resident, index, passkey: city.resident })) })
      : problem(404, 'request.not-found'),
  'GET /api/consents': (city) => page(city.state.consents),
  'GET /api/consents/*': (city, { parts }) => {
    const view = city.state.consents.find(({ id }) => id === parts[0]);
    return view === undefined ? problem(404, 'consent.unknown') : good(view);
  },
  'GET /api/consents/*/acts': () => page(ACTS),
  'GET /api/consents/*/deliveries': (_city, { parts }) =>
    page(parts[0] === consentView(1, 'active').id ? [] : DELIVERIES),
  'POST /api/consents/*/state': (city, { parts, body }) => {
    city.state.consents = city.state.consents.map((view) =>
      view.id === parts[0] ? { ...view, state: body.to as 'paused' } : view,
    );
    return good(city.state.consents.find(({ id }) => id === parts[0]));
  },
  'GET /api/acts': () => page(ACTS),
  'GET /api/acts/*/receipt': async (city, { parts: [id = ''] }) => {
    const act = ACTS.find((known) => known.id === id);
    if (act === undefined) return problem(404, 'exchange.act-unknown');
    const receipt = await buildReceipt(city.parties.cast, {
      kind: act.kind,
      act: { id },
      response: { act: id },
    });
    return good(id === ACTS[1]?.id ? { ...receipt, salt: otherSalt(receipt.salt) } : receipt);
  },
  'GET /api/passkeys': () => good({ items: PASSKEYS }),
};

const PASSKEYS = [
  {
    id: 'pky_1',
    name: 'iPhone',
    createdAt: '2026-01-11T03:00:00Z',
    lastUsedAt: '2026-03-06T06:20:00Z',
    backedUp: true,
  },
  {
    id: 'pky_2',
    name: 'Security key in the drawer',
    createdAt: '2026-02-01T03:00:00Z',
    lastUsedAt: null,
    backedUp: false,
  },
];

const DELIVERIES = [
  {
    organisation: { id: 'org_1', name: organisations.bank.name },
    event: 'paused',
    at: '2026-03-06T06:26:00Z',
    acknowledgedAt: '2026-03-06T06:26:01Z',
    attempts: 1,
  },
];

const TRUST: Readonly<Record<string, Handler>> = {
  'GET /.well-known/praya-trust-anchor': (city) => good(city.parties.anchor),
  'GET /directory/v1/trust-list': (city) => ({ status: 200, text: city.parties.trustList }),
};

const HANDLERS = Object.entries({
  ...INTERACTION,
  ...OWN,
  ...TRUST,
  ...OFFICE,
  ...OPEN,
  ...LOGS,
  ...NOTARY,
}).map(([route, handler]) => {
  const [method = '', path = ''] = route.split(' ');
  return {
    method,
    handler,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '([^/]+)')}$`),
  };
});

/** What the pretended server answers; a call that it does not know is not found. */
export async function answerCall(city: City, call: Call): Promise<Answer> {
  city.state.calls.push(`${call.method} ${call.path}`);
  for (const { method, pattern, handler } of HANDLERS) {
    const match = method === call.method ? pattern.exec(call.path) : null;
    if (match !== null) return handler(city, { ...call, parts: match.slice(1).map(decodeURIComponent) });
  }
  return problem(404, 'request.not-found');
}

/** A salt that is certainly another one. */
function otherSalt(salt: string): string {
  return `${salt.startsWith('A') ? 'B' : 'A'}${salt.slice(1)}`;
}
