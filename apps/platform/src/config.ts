import { join, resolve } from 'node:path';
import { ConfigError, parseSettings } from '@praya/kernel/config';
import { loadMasterKey } from '@praya/kernel/master-key';
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
    adminUrl: settings.DATABASE_URL,
  };
}

/** What only this process may know. It is apart from the settings, so that nobody prints it with them. */
export type Secrets = { readonly masterKey: Uint8Array };

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
  return { masterKey: loadMasterKey({ file, env: environment['PRAYA_MASTER_KEY'] }) };
}
