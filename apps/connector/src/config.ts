import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '@praya/kernel/config';
import { idSchema } from '@praya/kernel/id';
import { LocalisedText } from '@praya/kernel/language';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { type ConnectorKeys, readKeys } from './keys.ts';

const closed = { additionalProperties: false };
const Identifier = Type.String({ pattern: '^[a-z_][a-z0-9_]{0,62}$' });
const Table = Type.String({ pattern: '^[a-z_][a-z0-9_]{0,62}(\\.[a-z_][a-z0-9_]{0,62})?$' });

const Source = Type.Union([
  Type.Object({ table: Table, subjectColumn: Identifier }, closed),
  Type.Object({ sql: Type.String({ minLength: 10, maxLength: 20_000, pattern: '\\$1' }) }, closed),
]);

const Field = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z][A-Za-z0-9]{0,60}$' }),
    column: Identifier,
    title: LocalisedText,
    schema: Type.Record(Type.String(), Type.Unknown()),
  },
  closed,
);

const Service = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z]+(\\.[a-z-]+)+$', maxLength: 100 }),
    title: LocalisedText,
    description: LocalisedText,
    source: Source,
    fields: Type.Array(Field, { minItems: 1, maxItems: 60 }),
  },
  closed,
);

const RegistrarSource = Type.Object(
  {
    table: Table,
    identityNumber: Identifier,
    nameEn: Identifier,
    nameZh: Identifier,
    dateOfBirth: Identifier,
  },
  closed,
);

const ConfigFile = Type.Object(
  {
    organisation: idSchema('org'),
    registerOfPersons: idSchema('org'),
    host: Type.String({ default: 'localhost' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    databaseUrl: Type.String({ pattern: '^postgres(ql)?://' }),
    platformUrl: Type.String({ pattern: '^https?://[^/]+$' }),
    trustAnchor: Type.Object({
      kid: Type.String(),
      jwk: Type.Object({ kty: Type.Literal('OKP'), crv: Type.Literal('Ed25519'), x: Type.String() }),
    }),
    keysFile: Type.String({ default: 'keys.json' }),
    logLevel: Type.String({ default: 'info' }),
    services: Type.Array(Service, { maxItems: 50 }),
    registrar: Type.Optional(RegistrarSource),
  },
  closed,
);

/** Where the rows of a service are: a table, or a read-only query whose `$1` is the identity card number. */
export type ServiceSource = Static<typeof Source>;
/** A data service as this connector's configuration declares it. */
export type ServiceConfig = Static<typeof Service>;
/** Which columns of which table hold the persons; only the register of persons has it. */
export type RegistrarSource = Static<typeof RegistrarSource>;
/** The settings of one connector. The keys are read from a file of their own. */
export type Config = Static<typeof ConfigFile> & { readonly keys: ConnectorKeys };

/**
 * Reads the configuration file and the keys file that it names, relative to it.
 *
 * Errors  ConfigError that names each member and the rule it breaks
 */
export function readConfig(file: string): Config {
  const candidate: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const config = parse(ConfigFile, candidate);
  refuseDoubles(config.services);
  const keys = readKeys(resolve(dirname(file), config.keysFile));
  if (config.registrar !== undefined && (keys.handles.length === 0 || keys.codes === undefined))
    throw new ConfigError('A registrar needs "handles" and "codes" in its keys file');
  return { ...config, keys };
}

/** Where the configuration is: the first argument, else PRAYA_CONNECTOR_CONFIG. */
export function configPath(argument: string | undefined, environment: NodeJS.ProcessEnv): string {
  const path = argument ?? environment['PRAYA_CONNECTOR_CONFIG'];
  if (path === undefined || path === '')
    throw new ConfigError('Name the configuration file: an argument, or PRAYA_CONNECTOR_CONFIG');
  return resolve(path);
}

function parse<T extends TSchema>(schema: T, candidate: unknown): Static<T> {
  const value = Value.Default(schema, candidate);
  if (Value.Check(schema, value)) return value;
  const faults = Value.Errors(schema, value).map((fault) => `${fault.instancePath} ${fault.message}`);
  throw new ConfigError(`Configuration: ${faults.slice(0, 10).join('; ')}`);
}

function refuseDoubles(services: readonly ServiceConfig[]): void {
  const names = services.map(({ id }) => id);
  for (const { id, fields } of services) {
    if (names.filter((name) => name === id).length > 1)
      throw new ConfigError(`Two services are called ${id}`);
    const fieldNames = fields.map(({ name }) => name);
    if (new Set(fieldNames).size !== fieldNames.length)
      throw new ConfigError(`Two fields of ${id} have the same name`);
  }
}
