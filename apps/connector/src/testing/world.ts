import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createSoftwarePasskey, type SoftwarePasskey } from '@praya/city/software-passkey';
import { createLog } from '@praya/kernel/log';
import { type FreshDatabase, freshDatabase } from '@praya/kernel/testing';
import { type ConnectorApp, createConnectorApp } from '../app.ts';
import type { Config } from '../config.ts';
import { createTestCity, ORIGIN, type TestCity } from './city.ts';

/** A connector of the register of persons, in a city that a test may bend. */
export type World = AsyncDisposable & {
  readonly app: ConnectorApp;
  readonly city: TestCity;
  readonly config: Config;
  readonly database: FreshDatabase;
  readonly passkey: SoftwarePasskey;
  readonly stranger: SoftwarePasskey;
  /** every log line so far */
  readonly logged: string[];
  post(path: string, body: unknown): Promise<Answer>;
};

export type Answer = {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, unknown>;
};

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const text = { en: 'Text', 'zh-Hant': '文字', 'zh-Hans': '文字' };
const field = (name: string, column: string, schema: Record<string, unknown>) => ({
  name,
  column,
  title: text,
  schema,
});

const FIELDS = [
  field('nameEn', 'name_en', { type: 'string', maxLength: 100 }),
  field('nameZh', 'name_zh', { type: ['string', 'null'] }),
  field('dateOfBirth', 'date_of_birth', { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
  field('points', 'points', { type: 'integer', minimum: 0 }),
];

export async function createWorld(): Promise<World> {
  // The kernel makes the role and its schema; the connector's own migrations run when it starts.
  const database = await freshDatabase([
    { name: 'connector', schema: 'praya_connector', directory: here('../messages') },
    { name: 'connector_source', directory: here('./source') },
  ]);
  const city = createTestCity();
  const config = configOf(city, database.url('connector'));
  const logged: string[] = [];
  const log = createLog(
    { service: 'test', level: 'debug' },
    { write: (line: string) => void logged.push(line) },
  );
  const app = await createConnectorApp(config, { log, now: city.clock, fetch: city.fetch });
  const site = { rpId: 'praya.test', origin: ORIGIN };
  return {
    app,
    city,
    config,
    database,
    passkey: await createSoftwarePasskey(site),
    stranger: await createSoftwarePasskey(site),
    logged,
    post: (path, body) => post(app, path, body),
    [Symbol.asyncDispose]: async () => {
      await app.stop();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function post(app: ConnectorApp, path: string, body: unknown): Promise<Answer> {
  const isText = typeof body === 'string';
  const response = await app.server.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': isText ? 'application/secevent+jwt' : 'application/json' },
    payload: isText ? body : JSON.stringify(body),
  });
  return {
    status: response.statusCode,
    body: response.body === '' ? {} : response.json(),
    headers: response.headers,
  };
}

function configOf({ ids, keys, anchor }: TestCity, databaseUrl: string): Config {
  const source = { table: 'connector_source.residents', subjectColumn: 'identity_number' };
  const service = (id: string, about: Pick<Config['services'][number], 'source' | 'fields'>) => ({
    id,
    title: text,
    description: text,
    ...about,
  });
  const [nameEn] = FIELDS;
  const sql =
    'select upper(name_en) as name_en from connector_source.residents where identity_number = $1 and pg_sleep(0) is not null';
  return {
    organisation: ids.register as Config['organisation'],
    registerOfPersons: ids.register as Config['organisation'],
    host: 'localhost',
    port: 8250,
    databaseUrl,
    platformUrl: ORIGIN,
    trustAnchor: { kid: anchor.kid, jwk: anchor.jwk },
    keysFile: 'keys.json',
    logLevel: 'debug',
    services: [
      service('persons.particulars', { source, fields: FIELDS }),
      service('persons.shouting', { source: { sql }, fields: nameEn === undefined ? [] : [nameEn] }),
      service('persons.doubles', {
        source: { table: 'connector_source.doubles', subjectColumn: 'identity_number' },
        fields: nameEn === undefined ? [] : [nameEn],
      }),
      service('persons.writing', {
        source: { sql: "select lo_create(0)::text as name_en where $1 <> ''" },
        fields: nameEn === undefined ? [] : [nameEn],
      }),
    ],
    registrar: {
      table: 'connector_source.residents',
      identityNumber: 'identity_number',
      nameEn: 'name_en',
      nameZh: 'name_zh',
      dateOfBirth: 'date_of_birth',
    },
    keys: {
      signing: [keys.registerSign.signer],
      encryption: [{ kid: keys.registerSeal.kid, privateKey: keys.registerSeal.privateKey }],
      handles: [{ kid: 'handles-1', secret: randomBytes(32) }],
      codes: { kid: 'codes-1', secret: randomBytes(32) },
    },
  };
}
