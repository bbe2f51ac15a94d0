import type { DatabasePool } from '@praya/kernel/database';
import { ok, type Result, refuse } from '@praya/kernel/result';
import type { ServiceSource } from '../config.ts';
import type { ConnectorRefusal } from '../refusals.ts';
import type { DeclaredService } from './service.ts';

export type Values = Readonly<Record<string, unknown>>;

const STATEMENT_MS = 3_000;

/**
 * Reads exactly these columns for one person, in a read-only transaction that may not take long,
 * and holds the values against the service's own schema.
 */
export async function readValues(
  db: DatabasePool,
  about: {
    readonly service: DeclaredService;
    readonly fields: readonly string[];
    readonly identityNumber: string;
  },
): Promise<Result<Values, ConnectorRefusal>> {
  const { service, fields, identityNumber } = about;
  const rows = await select(db, statementOf(service, fields), identityNumber);
  if (rows === undefined) return refuse('connector.source-unavailable');
  const [row] = rows;
  if (row === undefined) return refuse('connector.subject-unknown');
  if (rows.length > 1) return refuse('connector.source-ambiguous');
  const values = Object.fromEntries(fields.map((name, index) => [name, plain(row[`f${index}`])]));
  const unfit = fields.find((name) => service.fields.get(name)?.fits(values[name]) !== true);
  return unfit === undefined
    ? ok(values)
    : refuse('connector.source-invalid', { field: unfit, rule: 'schema' });
}

async function select(
  db: DatabasePool,
  statement: string,
  identityNumber: string,
): Promise<Record<string, unknown>[] | undefined> {
  try {
    return await db.begin('isolation level repeatable read read only', async (tx) => {
      await tx.unsafe(`set local statement_timeout = ${STATEMENT_MS}`);
      return await tx.unsafe<Record<string, unknown>[]>(statement, [identityNumber]);
    });
  } catch {
    // The database's words may quote the row, so they go no further.
    return undefined;
  }
}

function statementOf(service: DeclaredService, fields: readonly string[]): string {
  const columns = fields.map((name, index) => {
    const column = service.fields.get(name)?.column;
    if (column === undefined) throw new Error(`The field ${name} is not declared`);
    return `source.${quoted(column)} as f${index}`;
  });
  return `select ${columns.join(', ')} from ${fromOf(service.source)} limit 2`;
}

function fromOf(source: ServiceSource): string {
  if ('sql' in source) return `(${source.sql}) as source`;
  return `${tableName(source.table)} as source where source.${quoted(source.subjectColumn)} = $1`;
}

/** A table's name for SQL, with its schema where one is named. */
export function tableName(table: string): string {
  return table.split('.').map(quoted).join('.');
}

/** A name that goes into SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return value ?? null;
}

/** Throws where the rows behind a service cannot be read now. */
export async function sourcesAnswer(db: DatabasePool, services: Iterable<DeclaredService>): Promise<void> {
  for (const service of services) {
    const rows = await select(db, statementOf(service, [...service.fields.keys()]), '');
    if (rows === undefined) throw new Error(`${service.id} cannot be read`);
  }
}
