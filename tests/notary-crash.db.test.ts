import { spawn } from 'node:child_process';
import { once as happens } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expectValue } from '@praya/kernel/result';
import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openNotaryOffice } from './support/notary-office.ts';

const PROGRAM = fileURLToPath(new URL('./support/notary-officer.ts', import.meta.url));
const STEPS = [
  'before-statement',
  'after-statement',
  'before-sequence',
  'after-sequence',
  'after-place',
] as const;
const LEFT_ALONE_MS = 6_000;
const once = { key: 'killed', bodyHash: 'same' };

let database: FreshDatabase;
let office: ReturnType<typeof openNotaryOffice>;

beforeAll(async () => {
  const rooms = ['notary', 'ledger'].map((room) => ({ ...migrationsOf(room), keyring: true }));
  database = await freshDatabase(rooms);
});
afterAll(() => database[Symbol.asyncDispose]());

beforeEach(async () => {
  await database.open('notary')`truncate records, statements, actions, repetitions, bulks, bulk_rows`;
  // An hour after: whatever a dead process left has been left alone.
  office = openNotaryOffice({
    open: (room) => database.open(room),
    now: () => new Date(Date.now() + LEFT_ALONE_MS),
  });
});
afterEach(() => office.close());

async function killedAt(point: string, verb: string, subject = ''): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, database.adminUrl, point, verb, subject], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const [, signal] = await happens(child, 'exit');
  expect({ signal, said }).toEqual({ signal: 'SIGKILL', said: '' });
}

async function onTheLog(): Promise<number> {
  const [row] = await database.open('ledger')<{ size: number }[]>`
    select coalesce(sum(size), 0)::int as size from sequences where origin like '%/notary/%'`;
  return row?.size ?? 0;
}

test.each(STEPS)(
  'an officer’s process killed at “%s” of notarising loses nothing and doubles nothing',
  async (point) => {
    const before = await onTheLog();
    await killedAt(point, 'record');
    await office.finish();
    const { items } = expectValue(await office.notary.records(office.actor, { limit: 5 }));
    expect(items).toHaveLength(point === 'before-statement' ? 0 : 1);
    const record = expectValue(await office.notary.record(office.actor, office.file('killed'), once));
    expect(record).toMatchObject({ revision: 1, state: 'active' });
    if (items.length > 0) expect(record.id).toBe(items[0]?.id);
    expect(await onTheLog()).toBe(before + 1);
  },
);

test.each(STEPS)('and at “%s” of a revocation', async (point) => {
  const { id } = expectValue(await office.notary.record(office.actor, office.file('to revoke')));
  const before = await onTheLog();
  await killedAt(point, 'change', id);
  const change = { to: 'revoked', reason: 'Killed' } as const;
  const record = expectValue(await office.notary.change(office.actor, { id, change, once }));
  expect(record.history.map(({ state }) => state)).toEqual(['active', 'revoked']);
  expect(await onTheLog()).toBe(before + 1);
});

test.each(['before-rows', 'after-rows', 'before-sequence', 'after-sequence', 'after-place'])(
  'a bulk whose process is killed at “%s” in the middle is finished by another, nothing twice',
  async (point) => {
    const rows = Array.from({ length: 1_200 }, (_, n) => office.file(`row ${n}`));
    const before = await onTheLog();
    const { id } = expectValue(await office.notary.bulk(office.actor, rows));
    await killedAt(point, 'bulk', id);
    await office.workThrough(id);
    expect(expectValue(await office.notary.bulkView(office.actor, id))).toMatchObject({
      done: 1_200,
      failures: 0,
      state: 'done',
    });
    expect(await onTheLog()).toBe(before + 1_200);
  },
  60_000,
);
