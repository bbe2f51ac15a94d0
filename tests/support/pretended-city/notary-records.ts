import { createHash } from 'node:crypto';
import { organisations } from '@praya/city/organisations';
import type { NotaryRecord, StatementView, StepView } from '@praya/notary/records/contract';
import { IDS, ORIGIN } from './parties.ts';

export const DIGEST = createHash('sha256').update('the minutes').digest('base64url');
export const LOG_ORIGIN = 'localhost/log/notary/2026h2';

const CODE = '7K3MQ9TD0XVA7K3MQ9TD0XVA';
const at = (minute: number) => new Date(Date.parse('2026-03-02T09:00:00Z') + minute * 60_000).toISOString();

export const codeOf = (number: number) => `${CODE}${String(number).padStart(2, '0')}`;
export const recordId = (number: number) =>
  `ntr_01980000-0000-7000-8000-0000000000${String(number).padStart(2, '0')}` as NotaryRecord['id'];

/** One state after the other, a minute apart. */
function historyOf(states: readonly Partial<StatementView>[]): StatementView[] {
  return states.map((state, place) => ({
    revision: place + 1,
    issuer: IDS.persons as StatementView['issuer'],
    state: 'active',
    reason: null,
    at: at(place),
    effectiveFrom: null,
    digest: DIGEST,
    previous: place === 0 ? null : DIGEST,
    place: { origin: LOG_ORIGIN, index: 20 + place },
    ...state,
  }));
}

export function notaryRecord(number: number, about: Partial<NotaryRecord>): NotaryRecord {
  const code = codeOf(number);
  const history = about.history ?? historyOf([{}]);
  return {
    id: recordId(number),
    code,
    checkUrl: `${ORIGIN}/check/${code}`,
    organisation: IDS.persons as NotaryRecord['organisation'],
    kind: 'file',
    title: 'Minutes of the licensing panel, 3 March 2026',
    reference: 'LP-2026-17',
    digest: DIGEST,
    content: null,
    manifest: null,
    files: 0,
    holder: null,
    validFrom: null,
    validUntil: null,
    disclose: 'status',
    state: 'active',
    revision: history.length,
    steps: null,
    history,
    createdAt: at(0),
    erasedAt: null,
    ...about,
  };
}

const step = (slug: 'persons' | 'rates' | 'platform', decision: StepView['decision']): StepView => ({
  organisation: IDS[slug] as StepView['organisation'],
  name: organisations[slug].name,
  decision,
  decidedAt: decision === null ? null : at(1),
});

const MANIFEST = Array.from({ length: 24 }, (_, place) => ({
  path: `plans/storey ${String(place + 1).padStart(2, '0')}/a-rather-long-name-of-a-drawing-${place}.pdf`,
  size: 40_000 * (place + 1),
  digest: DIGEST,
}));

/** The records of the department of persons, one of each kind and state. */
export function notaryRecords(): NotaryRecord[] {
  const licence = { kind: 'licence', holder: 'Harbour Snacks Ltd', disclose: 'title' } as const;
  return [
    notaryRecord(1, {
      ...licence,
      title: 'Food stall licence',
      reference: 'FS-2026-0001',
      validFrom: '2026-03-01T00:00:00+08:00',
      validUntil: '2031-12-31T23:59:59+08:00',
      history: historyOf([
        {},
        { state: 'suspended', reason: 'A fee is not paid.' },
        { reason: 'The fee is paid.' },
      ]),
    }),
    notaryRecord(2, {}),
    notaryRecord(3, {
      kind: 'folder',
      title: 'Drawings of the market hall',
      manifest: MANIFEST,
      files: MANIFEST.length,
    }),
    notaryRecord(4, {
      kind: 'approval',
      title: 'Night market at the pier',
      state: 'pending',
      history: historyOf([{ state: 'pending' }, { state: 'pending', issuer: IDS.rates as never }]),
      steps: [step('rates', 'approve'), step('persons', null), step('platform', null)],
    }),
    notaryRecord(5, {
      ...licence,
      title: 'Hawker licence',
      state: 'suspended',
      history: historyOf([{}, { state: 'suspended', reason: 'Under investigation.' }]),
    }),
    notaryRecord(6, {
      ...licence,
      title: 'Ferry master certificate',
      state: 'revoked',
      history: historyOf([
        {},
        { state: 'revoked', reason: 'Obtained by a false statement.', effectiveFrom: at(30) },
      ]),
    }),
    notaryRecord(7, {
      ...licence,
      title: 'Fireworks permit',
      state: 'expired',
      validUntil: '2026-03-05T23:59:59+08:00',
    }),
    notaryRecord(8, {
      title: null,
      reference: null,
      digest: null,
      state: 'erased',
      history: [],
      revision: 1,
      erasedAt: at(400),
    }),
    notaryRecord(9, {
      kind: 'approval',
      title: 'A second pier',
      state: 'rejected',
      history: historyOf([{ state: 'pending' }, { state: 'rejected', reason: 'It would shade the beach.' }]),
      steps: [step('rates', 'reject'), step('persons', null)],
    }),
  ];
}
