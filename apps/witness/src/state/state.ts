import { closeSync, existsSync, fsyncSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { type LogRecord, type LogRow, newRecord, recordOf, sealOf } from './log-record.ts';
import { APPLICATION_ID, FORMAT, SCHEMA } from './schema.ts';

/** The state is missing, damaged or another witness': nothing may be cosigned from it. */
export class StateDamaged extends Error {
  override name = 'StateDamaged';
}

/** The state cannot be written or read at this moment: a full disk, a file in use. */
export class StateUnavailable extends Error {
  override name = 'StateUnavailable';
}

/** A log as a list names it. */
export type ListedLog = { readonly origin: string; readonly vkey: string };

/** What a list changed. `conflicts` are origins that it names with another key than their first. */
export type ListChange = {
  readonly learnt: readonly string[];
  readonly dropped: readonly string[];
  readonly conflicts: readonly string[];
};

/** What becomes of a record, and what is to be told. */
export type Decision<T> = { readonly next: LogRecord | null; readonly answer: T };

/**
 * The memory of a witness. Several processes may have it open: each change is one transaction that begins with
 * the file's write lock, and it is on the disk when the call returns.
 *
 * Errors  every call throws StateDamaged or StateUnavailable; then nothing was changed that an answer tells of
 */
export type WitnessState = {
  logs(): readonly LogRecord[];
  log(origin: string): LogRecord | undefined;
  change<T>(origin: string, decide: (record: LogRecord | undefined) => Decision<T>): T;
  follow(list: readonly ListedLog[]): ListChange;
  close(): void;
};

const FILE = 'state.db';
const BUSY_MS = 2000;
const SEAL_BYTES = 32;
const NEVER_AGAIN =
  'A witness that forgot what it cosigned could cosign a fork. Do not put an older copy back and do not ' +
  "begin anew with these keys: make a new witness (praya witness new, another directory) and tell the logs' operators.";

/** Makes the state of a new witness; `keys` are the ids of its keys. */
export function createState(directory: string, keys: readonly number[]): void {
  const file = join(directory, FILE);
  closeSync(openSync(file, 'wx', 0o600));
  const db = new DatabaseSync(file);
  try {
    prepare(db);
    db.exec(
      `pragma application_id = ${APPLICATION_ID}; pragma user_version = ${FORMAT}; begin immediate; ${SCHEMA}`,
    );
    const insert = db.prepare('insert into witness (id, keys, total) values (1, ?, ?)');
    insert.run(idsOf(keys), new Uint8Array(SEAL_BYTES));
    db.exec('commit');
  } finally {
    db.close();
  }
  syncDirectory(dirname(file));
}

/**
 * Opens a witness' state and looks through all of it.
 *
 * Errors  StateDamaged, with what to do; StateUnavailable
 */
export function openState(directory: string, keys: readonly number[]): WitnessState {
  const file = join(directory, FILE);
  if (!existsSync(file) || statSync(file).size === 0)
    throw new StateDamaged(`There is no state at ${file}. ${NEVER_AGAIN}`);
  const db = guarded(() => new DatabaseSync(file, { timeout: BUSY_MS }));
  try {
    guarded(() => prepare(db));
    guarded(() => lookThrough(db, idsOf(keys)));
    return stateOn(db);
  } catch (error) {
    db.close();
    if (error instanceof StateDamaged) throw new StateDamaged(`${file}: ${error.message} ${NEVER_AGAIN}`);
    throw error;
  }
}

// Not WAL: a damaged log of that kind is cut off without a word, and with it what was cosigned last.
// TRUNCATE with FULL syncs the journal, the file and then the journal's end, before commit returns.
function prepare(db: DatabaseSync): void {
  db.exec('pragma journal_mode = truncate; pragma synchronous = full; pragma cell_size_check = on;');
}

function lookThrough(db: DatabaseSync, keys: string): void {
  const { application_id: application } = one(db, 'pragma application_id');
  const { user_version: format } = one(db, 'pragma user_version');
  if (application !== APPLICATION_ID || format !== FORMAT)
    throw new StateDamaged('This is not the state of a witness, or its head is damaged.');
  const { integrity_check: verdict } = one(db, 'pragma integrity_check');
  if (verdict !== 'ok') throw new StateDamaged(`The file is damaged (${String(verdict)}).`);
  if (schemaOf(db) !== SOUND_SCHEMA) throw new StateDamaged('Its tables are not those of a witness.');
  const total = new Uint8Array(SEAL_BYTES);
  for (const row of rowsOf(db.prepare('select * from logs').all())) xorInto(total, checked(row).seal);
  const witness = one(db, 'select * from witness');
  if (!same(bytesOf(witness['total']), total)) throw new StateDamaged('A log is missing in it.');
  if (witness['keys'] !== keys) throw new StateDamaged('It belongs to other keys than those beside it.');
}

/** The tables as they are written down in the file itself: a letter of a name may be damaged there, too. */
function schemaOf(db: DatabaseSync): string {
  return JSON.stringify(
    db.prepare('select type, name, tbl_name, sql from sqlite_schema order by name').all(),
  );
}

const SOUND_SCHEMA = soundSchema();

function soundSchema(): string {
  const db = new DatabaseSync(':memory:');
  db.exec(SCHEMA);
  const schema = schemaOf(db);
  db.close();
  return schema;
}

function stateOn(db: DatabaseSync): WitnessState {
  const find = db.prepare('select * from logs where origin = ?');
  const insert = db.prepare(
    'insert into logs (vkey, listed, size, root, timestamp, note, seal, origin) values (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const replace = db.prepare(
    'update logs set vkey = ?, listed = ?, size = ?, root = ?, timestamp = ?, note = ?, seal = ? where origin = ? and seal = ?',
  );
  const total = db.prepare('update witness set total = ? where id = 1');

  function rowOf(origin: string): LogRow | undefined {
    const [row] = rowsOf(find.all(origin));
    return row === undefined ? undefined : checked(row);
  }

  function write(before: LogRow | undefined, next: LogRecord): void {
    const { origin, vkey, listed, size, root, timestamp, note } = next;
    const seal = sealOf(next);
    const values = [vkey, listed ? 1 : 0, size, root, timestamp, note, seal, origin] as const;
    const { changes } = before === undefined ? insert.run(...values) : replace.run(...values, before.seal);
    if (changes !== 1) throw new StateDamaged('The record is not the one that was read.');
    const sum = bytesOf(one(db, 'select total from witness')['total']);
    if (before !== undefined) xorInto(sum, before.seal);
    xorInto(sum, seal);
    total.run(sum);
  }

  return {
    logs: () =>
      guarded(() =>
        rowsOf(db.prepare('select * from logs order by origin').all()).map(checked).map(recordOf),
      ),
    log: (origin) =>
      guarded(() => {
        const row = rowOf(origin);
        return row === undefined ? undefined : recordOf(row);
      }),
    change: (origin, decide) =>
      inTransaction(db, () => {
        const before = rowOf(origin);
        const { next, answer } = decide(before === undefined ? undefined : recordOf(before));
        if (next !== null) write(before, next);
        return answer;
      }),
    follow: (list) =>
      inTransaction(db, () =>
        followList(list, { rows: rowsOf(db.prepare('select * from logs').all()).map(checked), write }),
      ),
    close: () => db.close(),
  };
}

function followList(
  list: readonly ListedLog[],
  file: { readonly rows: readonly LogRow[]; write(before: LogRow | undefined, next: LogRecord): void },
): ListChange {
  const known = new Map(file.rows.map((row) => [row.origin, row]));
  const named = new Map<string, ListedLog>();
  for (const log of list) if (!named.has(log.origin)) named.set(log.origin, log);
  const learnt: string[] = [];
  const conflicts: string[] = [];
  for (const log of named.values()) {
    const before = known.get(log.origin);
    if (before !== undefined && before.vkey !== log.vkey) conflicts.push(log.origin);
    if (before?.listed === 1) continue;
    file.write(before, before === undefined ? newRecord(log) : { ...recordOf(before), listed: true });
    learnt.push(log.origin);
  }
  const dropped = file.rows.filter(({ origin, listed }) => listed === 1 && !named.has(origin));
  for (const row of dropped) file.write(row, { ...recordOf(row), listed: false });
  return { learnt, conflicts, dropped: dropped.map(({ origin }) => origin) };
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  return guarded(() => {
    db.exec('begin immediate');
    try {
      const answer = work();
      db.exec('commit');
      return answer;
    } catch (error) {
      // SQLite has rolled back by itself after some faults, such as a full disk.
      if (db.isTransaction) db.exec('rollback');
      throw error;
    }
  });
}

/** SQLITE_ERROR, _CORRUPT, _MISMATCH, _NOTADB: our statements are sound, so the file is not. */
const DAMAGED: ReadonlySet<number> = new Set([1, 11, 20, 26]);

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : null;
    if (code === null) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (DAMAGED.has(code)) throw new StateDamaged(`The file is damaged (${message}).`, { cause: error });
    throw new StateUnavailable(message, { cause: error });
  }
}

function checked(row: LogRow): LogRow {
  if (same(row.seal, sealOf(recordOf(row)))) return row;
  throw new StateDamaged(`The record of ${JSON.stringify(row.origin)} is damaged.`);
}

// The tables are strict: a column has the type that the schema gives it, or the file is damaged and no seal fits.
function rowsOf(rows: readonly Record<string, SQLOutputValue>[]): readonly LogRow[] {
  return rows as unknown as readonly LogRow[];
}

function one(db: DatabaseSync, sql: string): Record<string, SQLOutputValue> {
  const row = db.prepare(sql).get();
  if (row === undefined) throw new StateDamaged('It has lost its first row.');
  return row;
}

function bytesOf(value: SQLOutputValue | undefined): Uint8Array {
  if (value instanceof Uint8Array && value.length === SEAL_BYTES) return value;
  throw new StateDamaged('Its total is damaged.');
}

function xorInto(sum: Uint8Array, seal: Uint8Array): void {
  for (const [at, byte] of seal.entries()) sum[at] = (sum[at] ?? 0) ^ byte;
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function idsOf(keys: readonly number[]): string {
  return keys
    .map((id) => id.toString(16).padStart(8, '0'))
    .sort()
    .join(' ');
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
