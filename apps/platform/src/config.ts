import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError, parseSettings } from '@praya/kernel/config';
import { loadMasterKey } from '@praya/kernel/master-key';
import type { TilesPlace } from '@praya/ledger/tiles';
import { type Static, Type } from 'typebox';

const Settings = Type.Object({
  PRAYA_ENV: Type.Union([Type.Literal('demonstration'), Type.Literal('production')], {
    default: 'demonstration',
  }),
  PRAYA_PORT: Type.Integer({ minimum: 1, maximum: 65_535, default: 8080 }),
  PRAYA_HOST: Type.String({ default: 'localhost' }),
  PRAYA_ORIGIN: Type.Optional(Type.String({ pattern: '^https?://[^/]+$' })),
  PRAYA_DATA: Type.String({ default: '.praya' }),
  PRAYA_WORKERS: Type.Integer({ minimum: 1, maximum: 64, default: 2 }),
  PRAYA_DEMONSTRATION: Type.Optional(Type.Union([Type.Literal('on'), Type.Literal('off')])),
  PRAYA_LOG_LEVEL: Type.Union(
    ['debug', 'info', 'warn', 'error', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info' },
  ),
  PRAYA_TRUST_PROXY: Type.Boolean({ default: false }),
  PRAYA_REQUESTS_PER_MINUTE: Type.Integer({ minimum: 10, default: 6000 }),
  PRAYA_RESIDENTS: Type.Integer({ minimum: 100, maximum: 1_000_000, default: 10_000 }),
  PRAYA_SEED: Type.String({ minLength: 1, maxLength: 100, default: 'praya' }),
  /** between the port of a connector's address and the one it listens at, where something stands in between */
  PRAYA_CONNECTOR_LISTEN_OFFSET: Type.Integer({ minimum: 0, maximum: 10_000, default: 0 }),
  /** a C2SP tlog-policy; by default the file `witness-policy` of the installation, if there is one */
  PRAYA_WITNESS_POLICY: Type.Optional(Type.String({ minLength: 1 })),
  /** where the tiles of the logs are: `postgres`, `directory:PATH`, or `s3:BUCKET/PREFIX` with PRAYA_S3_ENDPOINT */
  PRAYA_TILES: Type.String({ pattern: '^(postgres|directory:.+|s3:[^/]+(/.*)?)$', default: 'postgres' }),
  PRAYA_S3_ENDPOINT: Type.Optional(Type.String({ pattern: '^https?://' })),
  PRAYA_S3_REGION: Type.String({ default: 'us-east-1' }),
  DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://' }),
});

/** The platform's settings, checked against each other. */
export type Config = {
  readonly production: boolean;
  /** Software passkeys and the list of demonstration residents. Never in production. */
  readonly demonstration: boolean;
  readonly port: number;
  readonly host: string;
  readonly origin: string;
  readonly dataDirectory: string;
  readonly workers: number;
  readonly logLevel: string;
  readonly trustProxy: boolean;
  readonly requestsPerMinute: number;
  readonly city: {
    readonly residents: number;
    readonly seed: string;
    readonly connectorListenOffset: number;
  };
  /** the text of the policy that says who must cosign checkpoints; null: nobody */
  readonly witnessPolicy: string | null;
  readonly tiles: TilesPlace;
  readonly adminUrl: string;
};

/**
 * Reads the environment, once.
 *
 * Errors  ConfigError where a variable breaks a rule, or where production asks for the demonstration
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const settings: Static<typeof Settings> = parseSettings(Settings, environment);
  const production = settings.PRAYA_ENV === 'production';
  if (production && settings.PRAYA_DEMONSTRATION === 'on')
    throw new ConfigError('PRAYA_DEMONSTRATION: a production city has no demonstration residents');
  const origin = settings.PRAYA_ORIGIN ?? `http://localhost:${settings.PRAYA_PORT}`;
  if (production && !origin.startsWith('https://'))
    throw new ConfigError('PRAYA_ORIGIN: a production city is reached by https');
  return {
    production,
    demonstration: !production && settings.PRAYA_DEMONSTRATION !== 'off',
    port: settings.PRAYA_PORT,
    host: settings.PRAYA_HOST,
    origin,
    dataDirectory: resolve(settings.PRAYA_DATA),
    workers: settings.PRAYA_WORKERS,
    logLevel: settings.PRAYA_LOG_LEVEL,
    trustProxy: settings.PRAYA_TRUST_PROXY,
    requestsPerMinute: settings.PRAYA_REQUESTS_PER_MINUTE,
    city: {
      residents: settings.PRAYA_RESIDENTS,
      seed: settings.PRAYA_SEED,
      connectorListenOffset: settings.PRAYA_CONNECTOR_LISTEN_OFFSET,
    },
    witnessPolicy: witnessPolicyIn(settings),
    tiles: tilesPlaceIn(settings),
    adminUrl: settings.DATABASE_URL,
  };
}

function witnessPolicyIn(settings: Static<typeof Settings>): string | null {
  const { PRAYA_WITNESS_POLICY: named, PRAYA_DATA } = settings;
  const file = resolve(named ?? join(PRAYA_DATA, 'witness-policy'));
  if (existsSync(file)) return readFileSync(file, 'utf8');
  if (named === undefined) return null;
  throw new ConfigError(`PRAYA_WITNESS_POLICY: there is no file ${file}`);
}

function tilesPlaceIn(settings: Static<typeof Settings>): TilesPlace {
  const [, kind, rest = ''] = /^(postgres|directory|s3):?(.*)$/s.exec(settings.PRAYA_TILES) ?? [];
  if (kind === 'directory') return { kind, path: resolve(rest) };
  if (kind !== 's3') return { kind: 'postgres' };
  if (settings.PRAYA_S3_ENDPOINT === undefined)
    throw new ConfigError('PRAYA_S3_ENDPOINT: tiles in an object store need its address');
  const [bucket = '', ...prefix] = rest.split('/');
  return {
    kind,
    bucket,
    prefix: prefix.join('/'),
    endpoint: settings.PRAYA_S3_ENDPOINT,
    region: settings.PRAYA_S3_REGION,
  };
}

/** What only this process may know. It is apart from the settings, so that nobody prints it with them. */
export type Secrets = {
  readonly masterKey: Uint8Array;
  /** of the object store with the tiles, where there is one */
  readonly s3?: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/**
 * Reads the secrets: from the environment, else from the files of the installation.
 *
 * Errors  throws where the master key is not 32 bytes, or others can read its file
 */
export function readSecrets(
  { dataDirectory }: Pick<Config, 'dataDirectory'>,
  environment: NodeJS.ProcessEnv = process.env,
): Secrets {
  const file = join(dataDirectory, 'secrets', 'master.key');
  const accessKeyId = environment['PRAYA_S3_ACCESS_KEY_ID'];
  const secretAccessKey = environment['PRAYA_S3_SECRET_ACCESS_KEY'];
  const given = accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    masterKey: loadMasterKey({ file, env: environment['PRAYA_MASTER_KEY'] }),
    ...(given ? { s3: { accessKeyId, secretAccessKey } } : {}),
  };
}
