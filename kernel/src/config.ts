import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** What is wrong with a setting: its name and the rule it breaks. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Settings parsed by a schema, read once at the door of an app.
 *
 * Shape   variables: PRAYA_PORT → the schema's member PRAYA_PORT, converted to its type
 * Errors  ConfigError that names each variable and the rule it breaks
 */
export function parseSettings<T extends TSchema>(
  schema: T,
  variables: Readonly<Record<string, string | undefined>>,
): Static<T> {
  const present = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const candidate = Value.Convert(schema, Value.Default(schema, Value.Clean(schema, present)));
  if (Value.Check(schema, candidate)) return candidate;
  const faults = Value.Errors(schema, candidate).map(
    (fault) => `${fault.instancePath.slice(1)} ${fault.message}`,
  );
  throw new ConfigError(`Settings: ${faults.join('; ')}`);
}
