import postgres from 'postgres';

type Types = { bigint: bigint };

/** What SQL is written on: a pool or a transaction, so that every store function works in both. */
export type Database = postgres.ISql<Types>;

/** A pool of connections, which its owner ends. */
export type DatabasePool = postgres.Sql<Types>;

/** A transaction: everything written on it is kept together or not at all. */
export type Transaction = postgres.TransactionSql<Types>;

/** A value that `json` and `jsonb` columns hold. */
export type Json = postgres.JSONValue;

// A date without a time has no zone; as a Date it would move by a day west of Greenwich.
const plainDate = {
  to: 1082,
  from: [1082, 1114],
  serialize: (value: string) => value,
  parse: (value: string) => value,
};
const instant = {
  to: 1184,
  from: [1184],
  serialize: (value: Date | string) => (value instanceof Date ? value.toISOString() : value),
  parse: (value: string) => new Date(value),
};

/**
 * A pool on a database; it connects when first used and again after the database was away.
 *
 * Shape: `timestamptz` is a Date, `int8` and `count(*)` a bigint, `date` a string, `jsonb` a value.
 * Units: a statement may take 15 s, a connection attempt 10 s; an idle connection is closed after 60 s.
 */
export function openDatabase(url: string, options: { max?: number; name?: string } = {}): DatabasePool {
  const types = { bigint: postgres.BigInt, date: instant, plainDate };
  const sql = postgres(url, {
    max: options.max ?? 10,
    idle_timeout: 60,
    connect_timeout: 10,
    max_lifetime: 30 * 60,
    backoff: (attempt) => Math.min(3 ** attempt / 100, 1) * (0.5 + Math.random() / 2),
    onnotice: () => {},
    types,
    connection: {
      application_name: options.name ?? 'praya',
      statement_timeout: 15_000,
      idle_in_transaction_session_timeout: 30_000,
      TimeZone: 'UTC',
    },
  });
  return sql as unknown as DatabasePool;
}

/**
 * One connection of its own beside a pool, to the same database: whoever uses it waits for nobody else's statements.
 *
 * Shape: statements run in the order in which they are given; `settings` are the session's, `statement_timeout` and so on.
 */
export function openBeside(
  db: DatabasePool,
  options: { name: string; settings?: Record<string, string | number> },
): DatabasePool {
  const { options: shared } = db;
  const connection = { ...shared.connection, application_name: options.name, ...options.settings };
  // The driver asks for the types of arrays when it connects, and a failure of just that is caught by nobody.
  const alone = { ...shared, max: 1, idle_timeout: null, max_lifetime: null, fetch_types: false, connection };
  return postgres(alone as unknown as postgres.Options<Record<string, never>>) as unknown as DatabasePool;
}

/**
 * Runs the function in one transaction and answers what it answers; a throw rolls everything back.
 * On a database that already is a transaction it becomes a savepoint of that one.
 */
export async function transaction<T>(db: Database, run: (tx: Transaction) => Promise<T>): Promise<T> {
  const begun = isTransaction(db) ? db.savepoint(run) : (db as DatabasePool).begin(run);
  return (await begun) as T;
}

/** True for the database's refusal of a second row with the same unique value. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (!(error instanceof postgres.PostgresError) || error.code !== '23505') return false;
  return constraint === undefined || error.constraint_name === constraint;
}

function isTransaction(db: Database): db is Transaction {
  return 'savepoint' in db;
}
