import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '@praya/kernel/config';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { ALGORITHMS } from './keys.ts';

const closed = { additionalProperties: false };

const ConfigFile = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\s+]+$' }),
    listen: Type.Object(
      {
        host: Type.String({ default: 'localhost' }),
        port: Type.Integer({ minimum: 1, maximum: 65_535 }),
      },
      closed,
    ),
    directory: Type.String({ minLength: 1, default: '.' }),
    logs: Type.String({ minLength: 1, maxLength: 2000 }),
    algorithms: Type.Array(Type.Union(ALGORITHMS.map((name) => Type.Literal(name))), {
      minItems: 1,
      maxItems: ALGORITHMS.length,
      uniqueItems: true,
      default: ['ed25519'],
    }),
    pollSeconds: Type.Integer({ minimum: 1, maximum: 86_400, default: 60 }),
    requestsPerMinute: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 6000 }),
    trustProxy: Type.Boolean({ default: false }),
    logLevel: Type.String({ default: 'info' }),
  },
  closed,
);

/** The settings of one witness. `directory` and a `logs` that is a file are absolute paths. */
export type Config = Static<typeof ConfigFile>;

/**
 * Reads the configuration file; paths in it are relative to it.
 *
 * Errors  ConfigError that names each member and the rule it breaks
 */
export function readConfig(file: string): Config {
  if (!existsSync(file)) throw new ConfigError(`There is no configuration at ${file}`);
  const value = Value.Default(ConfigFile, parseJson(file));
  if (!Value.Check(ConfigFile, value)) {
    const faults = Value.Errors(ConfigFile, value).map((fault) => `${fault.instancePath} ${fault.message}`);
    throw new ConfigError(`Configuration: ${faults.slice(0, 10).join('; ')}`);
  }
  const near = (path: string) => resolve(dirname(file), path);
  const logs = isAddress(value.logs) ? value.logs : near(value.logs);
  return { ...value, directory: near(value.directory), logs };
}

/** Whether the list of logs is fetched, not read from a file. */
export function isAddress(logs: string): boolean {
  return /^https?:\/\//.test(logs);
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${file} is not JSON`, { cause: error });
  }
}
