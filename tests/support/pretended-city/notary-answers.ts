import { organisations } from '@praya/city/organisations';
import type { BulkView, PublicCheck } from '@praya/notary/contract';
import type { NewRecord, NotaryRecord, StatementView } from '@praya/notary/records/contract';
import { type Answer, type City, problem } from './city.ts';
import { good, type Handler } from './handler.ts';
import { receiptOf } from './notary-receipts.ts';
import { DIGEST, LOG_ORIGIN, notaryRecord } from './notary-records.ts';
import { IDS } from './parties.ts';

const AN_HOUR_MS = 3_600_000;

function recordOf(city: City, id: string | undefined): NotaryRecord | undefined {
  return city.state.records.find((record) => record.id === id);
}

function nameOf(id: string) {
  const slug = (Object.keys(IDS) as (keyof typeof IDS)[]).find((one) => IDS[one] === id) ?? 'persons';
  return { id: id as PublicCheck['issuer']['id'], name: organisations[slug].name };
}

async function receiptAnswer(city: City, record: NotaryRecord) {
  const receipt = await receiptOf(city.notary, city.parties, record);
  if (city.state.witnessesLate > 0) {
    city.state.witnessesLate -= 1;
    const alone = ({ statement, proof }: (typeof receipt.statements)[number]) => ({
      statement,
      proof: proof.replaceAll(/\n— witness-[^\n]*(?=\n)/g, ''),
    });
    return { ...receipt, statements: receipt.statements.map(alone) };
  }
  if (!city.state.tamperReceipts) return receipt;
  const [first, ...rest] = receipt.statements;
  const broken = (first?.proof ?? '').replace(/\n[^\n]{44}\n/, `\n${'A'.repeat(43)}=\n`);
  return { ...receipt, statements: [{ statement: first?.statement ?? '', proof: broken }, ...rest] };
}

async function checkOf(city: City, record: NotaryRecord): Promise<PublicCheck> {
  const erased = record.state === 'erased';
  return {
    code: record.code,
    kind: record.kind,
    issuer: nameOf(record.organisation),
    state: city.state.lieAboutState ? 'active' : record.state,
    title: record.disclose === 'title' ? record.title : null,
    digest: record.digest,
    validFrom: record.validFrom,
    validUntil: record.validUntil,
    steps: record.steps,
    history: record.history.map(({ revision, issuer, state, reason, at, effectiveFrom }) => ({
      revision,
      issuer: nameOf(issuer),
      state,
      reason,
      at,
      effectiveFrom,
    })),
    checkedAt: new Date().toISOString(),
    erasedAt: record.erasedAt,
    receipt: erased ? null : await receiptAnswer(city, record),
  };
}

function replace(city: City, record: NotaryRecord): Answer {
  city.state.records = city.state.records.map((one) => (one.id === record.id ? record : one));
  return good(record);
}

function stated(record: NotaryRecord, about: Partial<StatementView>): StatementView[] {
  const last = Date.parse(record.history.at(-1)?.at ?? record.createdAt);
  const revision = record.history.length + 1;
  const base = record.history[0] ?? ({} as StatementView);
  return [
    ...record.history,
    {
      ...base,
      reason: null,
      effectiveFrom: null,
      revision,
      at: new Date(last + AN_HOUR_MS / 60).toISOString(),
      place: { origin: LOG_ORIGIN, index: 40 + revision },
      ...about,
    },
  ];
}

const RECORDS: Readonly<Record<string, Handler>> = {
  'GET /notary/v1/records': (city, { query }) => {
    if (city.state.notaryFails) return problem(503, 'notary.evidence-unavailable');
    const sought = (query.get('query') ?? '').toLowerCase();
    const limit = city.state.notaryPage;
    const found = city.state.records
      .filter(({ kind }) => (query.get('kind') ?? kind) === kind)
      .filter(({ state }) => (query.get('state') ?? state) === state)
      .filter(({ title, reference, holder, code }) =>
        `${title} ${reference} ${holder} ${code}`.toLowerCase().includes(sought),
      );
    const from = Number(query.get('cursor') ?? 0);
    const next = from + limit < found.length ? String(from + limit) : null;
    return good({ items: found.slice(from, from + limit), next });
  },
  'POST /notary/v1/records': (city, { body }) => {
    const given = body as NewRecord;
    city.state.notarised.push(given);
    const record = notaryRecord(50 + city.state.notarised.length, {
      kind: given.kind,
      title: given.title,
      reference: given.reference ?? null,
      holder: given.holder ?? null,
      digest: given.digest ?? DIGEST,
      manifest: given.manifest ?? null,
      files: given.manifest?.length ?? 0,
      validFrom: given.validFrom ?? null,
      validUntil: given.validUntil ?? null,
      disclose: given.disclose ?? 'status',
    });
    city.state.records = [record, ...city.state.records];
    return { status: 201, json: record };
  },
  'GET /notary/v1/records/*': (city, { parts }) => {
    const record = recordOf(city, parts[0]);
    return record === undefined ? problem(404, 'notary.record-unknown') : good(record);
  },
  'GET /notary/v1/inbox': (city) => {
    const items = city.state.records.filter(
      ({ state, steps }) =>
        state === 'pending' &&
        steps?.find(({ decision }) => decision === null)?.organisation === nameOf(IDS.persons).id,
    );
    return good({ items, next: null });
  },
  'POST /notary/v1/records/*/state': (city, { parts, body }) => {
    const record = recordOf(city, parts[0]);
    if (record === undefined) return problem(404, 'notary.record-unknown');
    if (city.state.changedMeanwhile) return problem(409, 'notary.changed-meanwhile');
    const {
      to,
      reason,
      effectiveFrom = null,
    } = body as { to: 'active'; reason: string; effectiveFrom?: string };
    const history = stated(record, { state: to, reason, effectiveFrom });
    return replace(city, { ...record, state: to, history, revision: history.length });
  },
  'POST /notary/v1/records/*/decision': (city, { parts, body }) => {
    const record = recordOf(city, parts[0]);
    if (record === undefined) return problem(404, 'notary.record-unknown');
    const decision = body.decision === 'approve' ? 'approve' : 'reject';
    const decided = { decision, decidedAt: new Date().toISOString() } as const;
    const turn = record.steps?.findIndex((step) => step.decision === null) ?? 0;
    const steps = record.steps?.map((step, at) => (at === turn ? { ...step, ...decided } : step));
    const state = decision === 'approve' ? 'pending' : 'rejected';
    const history = stated(record, { state, reason: (body.reason as string | null) ?? null });
    return replace(city, { ...record, state, steps: steps ?? null, history, revision: history.length });
  },
  'POST /notary/v1/records/*/erase': (city, { parts }) => {
    const record = recordOf(city, parts[0]);
    if (record === undefined) return problem(404, 'notary.record-unknown');
    const gone = { title: null, reference: null, holder: null, digest: null, manifest: null, steps: null };
    const erasedAt = new Date().toISOString();
    return replace(city, { ...record, ...gone, state: 'erased', history: [], erasedAt });
  },
  'GET /notary/v1/records/*/receipt': async (city, { parts }) => {
    const record = recordOf(city, parts[0]);
    if (record === undefined) return problem(404, 'notary.record-unknown');
    if (city.state.proofPending) return problem(503, 'notary.proof-pending');
    return good(await receiptAnswer(city, record));
  },
};

const BULK_ID = 'ntb_01980000-0000-7000-8000-000000000001' as BulkView['id'];
const BULK_STEP = 40;

const BULK: Readonly<Record<string, Handler>> = {
  'POST /notary/v1/bulk': (city, { text = '' }) => {
    city.state.bulk = { text, total: text.trim().split(/\r?\n/).length - 1, done: 0 };
    return { status: 202, json: { id: BULK_ID, total: city.state.bulk.total } };
  },
  'GET /notary/v1/bulk/*': (city, { parts }) => {
    const { bulk } = city.state;
    if (bulk === null || parts[0] !== BULK_ID) return problem(404, 'notary.bulk-unknown');
    bulk.done = Math.min(bulk.total, bulk.done + BULK_STEP);
    const over = bulk.done === bulk.total;
    const failed = over ? [{ row: 3, code: 'notary.record-invalid', field: 'digest', rule: 'required' }] : [];
    const done = bulk.done - failed.length;
    const state = over ? 'done' : 'running';
    return good({
      id: BULK_ID,
      total: bulk.total,
      done,
      failed,
      failures: failed.length,
      state,
      createdAt: new Date().toISOString(),
    });
  },
};

const CHECKS: Readonly<Record<string, Handler>> = {
  'GET /notary/v1/checks/*': async (city, { parts }) => {
    const record = city.state.records.find(({ code }) => code === parts[0]);
    return record === undefined ? problem(404, 'notary.check-unknown') : good(await checkOf(city, record));
  },
  'GET /notary/v1/checks': async (city, { query }) => {
    const found = city.state.records.filter(({ digest }) => digest === query.get('digest'));
    return good({ items: await Promise.all(found.map((record) => checkOf(city, record))) });
  },
};

/** What the notary answers to officers, and to anybody. */
export const NOTARY: Readonly<Record<string, Handler>> = { ...RECORDS, ...BULK, ...CHECKS };
