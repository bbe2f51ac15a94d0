import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '@praya/kernel/database';
import { openSealedKey, sealingKey } from '@praya/kernel/keyring/sealed-key';
import { loadMasterKey } from '@praya/kernel/master-key';
import { compactDecrypt, importJWK } from 'jose';

/** What was looked through, and what of it the gateway could have read. */
export type Blindness = {
  readonly bytesOnTheWire: number;
  readonly rowsKept: number;
  readonly bytesLogged: number;
  readonly sealedMessages: number;
  readonly keysTried: number;
  /** where something personal was found in the clear, or opened; empty when the gateway is blind */
  readonly findings: readonly string[];
};

const SHORTEST = 4;
const JOSE = /eyJ[\w-]+(?:\.[\w-]*){2,4}/g;

/**
 * Looks for what was delivered in everything that the gateway held: the wires to the connectors, its database,
 * its logs; in the clear, inside signed messages, and inside whatever its own keys can open.
 */
export async function lookForPersonalData(about: {
  readonly delivered: readonly string[];
  readonly wire: Buffer;
  readonly databaseUrl: string;
  readonly dataDirectory: string;
}): Promise<Blindness> {
  const secrets = [...new Set(about.delivered)].filter((text) => text.length >= SHORTEST);
  const rows = await everyRow(about.databaseUrl);
  const logs = logsOf(about.dataDirectory);
  const keys = await everyKey(about.databaseUrl, about.dataDirectory);
  const held = { wire: about.wire.toString('utf8'), database: rows.join('\n'), logs };
  const sealed = new Set<string>();
  const findings: string[] = [];
  for (const [place, text] of Object.entries(held)) {
    findings.push(...secrets.filter((secret) => text.includes(secret)).map(() => `in the clear: ${place}`));
    for (const message of new Set(text.match(JOSE) ?? [])) {
      if (message.split('.').length === 5) sealed.add(message);
      else if (secrets.some((secret) => insideOf(message).includes(secret)))
        findings.push(`signed only: ${place}`);
    }
  }
  for (const message of sealed)
    if (await anyOpens(message, keys)) findings.push('opened by a key of the platform');
  return {
    bytesOnTheWire: about.wire.length,
    rowsKept: rows.length,
    bytesLogged: logs.length,
    sealedMessages: sealed.size,
    keysTried: keys.length,
    findings,
  };
}

async function everyRow(databaseUrl: string): Promise<string[]> {
  const db = openDatabase(databaseUrl, { max: 1, name: 'praya blindness' });
  const tables = await db<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`;
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await db.unsafe<{ row: string }[]>(`select t::text as row from ${name} t`);
    rows.push(...found.map(({ row }) => row));
  }
  await db.end();
  return rows;
}

function logsOf(dataDirectory: string): string {
  const files = globSync('logs/platform*.log', { cwd: dataDirectory }).map((file) =>
    join(dataDirectory, file),
  );
  return files
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

// Signing keys on P-256 would open an ECDH-ES message sealed to them, so each is tried.
async function everyKey(databaseUrl: string, dataDirectory: string) {
  const masterKey = loadMasterKey({ file: join(dataDirectory, 'secrets', 'master.key') });
  const db = openDatabase(databaseUrl, { max: 1, name: 'praya blindness' });
  const schemas = await db<{ schema: string }[]>`
    select schemaname as schema from pg_tables where tablename = 'signing_keys'`;
  const keys: Awaited<ReturnType<typeof importJWK>>[] = [];
  for (const { schema } of schemas) {
    const rows = await db<{ kid: string; purpose: string; sealed: Buffer }[]>`
      select kid, purpose, sealed_private as sealed from ${db(schema)}.signing_keys where algorithm = 'ES256'`;
    for (const { kid, purpose, sealed } of rows) {
      const opened = openSealedKey(sealed, kid, sealingKey(masterKey, schema, purpose));
      keys.push(await importJWK(opened.export({ format: 'jwk' }), 'ECDH-ES'));
    }
  }
  await db.end();
  return keys;
}

function insideOf(message: string): string {
  return message
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('utf8'))
    .join('\n');
}

async function anyOpens(message: string, keys: Awaited<ReturnType<typeof everyKey>>): Promise<boolean> {
  for (const key of keys) {
    const opened = await compactDecrypt(message, key).then(
      () => true,
      () => false,
    );
    if (opened) return true;
  }
  return false;
}
