import { hash } from 'node:crypto';
import { type DatabasePool, openDatabase } from '@praya/kernel/database';
import { type Appender, ENTRY_BYTES } from './appender.ts';
import { groupCommit } from './group-commit.ts';

const HASH_BYTES = 32;
const GENESIS = Buffer.alloc(HASH_BYTES);
const BATCH_MOST = 1024;
const PIPELINED = 2;

/**
 * A table with one row per entry, each with the hash of the row before: what "tamper-evident" mostly means in databases.
 * As good as we can write it: the chain is computed here, what gathers goes as one insert of many rows from one
 * parameter, and the next insert is on its way while the last one commits. One writer, as a chain must have.
 */
export async function batchedChain(url: string): Promise<Appender> {
  const db = await freshTable(url, 1);
  let head: Uint8Array = GENESIS;
  let size = 0;
  const append = groupCommit<Uint8Array>(
    async (batch) => {
      const first = size;
      const hashes = Buffer.allocUnsafe(batch.length * HASH_BYTES);
      for (const [at, entry] of batch.entries()) {
        head = hash('sha256', Buffer.concat([head, entry]), 'buffer');
        hashes.set(head, at * HASH_BYTES);
      }
      size += batch.length;
      await db`
        insert into chain
        select ${first}::bigint + i, substr(${Buffer.concat(batch)}::bytea, i * ${ENTRY_BYTES} + 1, ${ENTRY_BYTES}),
          substr(${hashes}::bytea, i * ${HASH_BYTES} + 1, ${HASH_BYTES})
        from generate_series(0, ${batch.length - 1}) i`;
    },
    { most: BATCH_MOST, inFlight: PIPELINED },
  );
  return { append, [Symbol.asyncDispose]: () => db.end({ timeout: 5 }) };
}

/** The same table, one insert per entry, in the database's own hands: what an application writes first. */
export async function chainCallByCall(url: string): Promise<Appender> {
  const db = await freshTable(url, 16);
  const one = async (entry: Uint8Array): Promise<void> => {
    await db`
      with head as (
        update chain_head set size = size + 1, hash = sha256(hash || ${Buffer.from(entry)}::bytea)
        returning size, hash)
      insert into chain select size - 1, ${Buffer.from(entry)}::bytea, hash from head`;
  };
  return {
    append: async (entries) => {
      for (const entry of entries) await one(entry);
    },
    [Symbol.asyncDispose]: () => db.end({ timeout: 5 }),
  };
}

const AUDITED_ROWS = 200_000;

/** Walks a chain as an auditor must, from the first row on, but not beyond 200,000; answers the rows and their bytes. */
export async function auditChain(url: string): Promise<{ rows: number; bytes: number }> {
  const db = openDatabase(url, { max: 1 });
  let [head, rows, bytes]: [Uint8Array, number, number] = [GENESIS, 0, 0];
  for await (const page of db<{ entry: Uint8Array; hash: Uint8Array }[]>`
    select entry, hash from chain where index < ${AUDITED_ROWS} order by index`.cursor(5000)) {
    for (const row of page) {
      head = hash('sha256', Buffer.concat([head, row.entry]), 'buffer');
      if (Buffer.compare(head, row.hash) !== 0) throw new Error(`The chain breaks at row ${rows}`);
      rows += 1;
      bytes += row.entry.length + row.hash.length;
    }
  }
  await db.end();
  return { rows, bytes };
}

async function freshTable(url: string, connections: number): Promise<DatabasePool> {
  const db = openDatabase(url, { max: connections, name: 'chain' });
  await db.unsafe(`
    drop table if exists chain, chain_head;
    create table chain (index bigint primary key, entry bytea not null, hash bytea not null);
    create table chain_head (size bigint not null, hash bytea not null);
    insert into chain_head values (0, decode(repeat('00', 32), 'hex'))`);
  const [setting] = await db<
    { synchronous: string }[]
  >`select current_setting('synchronous_commit') synchronous`;
  if (setting?.synchronous !== 'on') throw new Error('The chain must wait for the disk');
  return db;
}
