import { chmodSync, mkdirSync } from 'node:fs';
import { formatCosignerKey } from '@praya/tlog/cosignature';
import { type Algorithm, makeKeys } from './keys.ts';
import { createState } from './state/state.ts';

/** What others are told of a new witness. */
export type NewWitness = {
  readonly name: string;
  readonly directory: string;
  readonly keys: readonly { readonly algorithm: Algorithm; readonly vkey: string }[];
};

/**
 * Makes the keys of a new witness and its empty state, in a directory for its owner alone.
 *
 * Errors  throws where there are keys already, or a name that no key can have
 */
export function makeWitness(about: {
  readonly name: string;
  readonly directory: string;
  readonly algorithms: readonly Algorithm[];
}): NewWitness {
  const { name, directory, algorithms } = about;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const keys = makeKeys(directory, name, algorithms);
  chmodSync(directory, 0o700);
  createState(
    directory,
    keys.map(({ cosigner }) => cosigner.keyId),
  );
  return {
    name,
    directory,
    keys: keys.map(({ algorithm, cosigner }) => ({ algorithm, vkey: formatCosignerKey(cosigner) })),
  };
}
