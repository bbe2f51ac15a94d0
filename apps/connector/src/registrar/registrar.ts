import type { RegistrarSource } from '../config.ts';
import type { Connector } from '../connector.ts';
import type { SecretKey } from '../keys.ts';

/** The connector of the register of persons, with what only it has. */
export type Registrar = Connector & {
  readonly source: RegistrarSource;
  readonly handles: readonly SecretKey[];
  readonly codes: SecretKey;
};

/** The registrar side of a connector, where its configuration makes it one. */
export function registrarOf(connector: Connector): Registrar | undefined {
  const { registrar: source, keys } = connector.config;
  if (source === undefined || keys.codes === undefined) return undefined;
  return { ...connector, source, handles: keys.handles, codes: keys.codes };
}
