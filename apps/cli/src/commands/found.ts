import { resolve } from 'node:path';
import { readSettings } from '../settings.ts';
import { runAtTerminal } from '../supervisor/operation.ts';
import type { Command } from './command.ts';

/** Founds a production city: fills its empty directory from a founding document. */
export const found: Command = {
  usage: `praya found FILE [--json]

Fills the empty directory of a production city (PRAYA_ENV=production, PRAYA_ORIGIN=https://…) from a founding
document: the operator, the purposes, the organisations of the first day with their public keys, connectors and
clients. All of it or nothing, and once only. Prints the identifiers and the trust anchor, which is also
written to trust-anchor.json in PRAYA_DATA. The city may be running or not.

An example is deploy/founding.example.json; docs/how-to/found-a-city.md goes through it.`,
  options: {},
  async run({ positionals, json }) {
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) {
      console.error(this.usage);
      return 2;
    }
    const args = [resolve(file), ...(json ? ['--json'] : [])];
    return runAtTerminal(readSettings(), { name: 'found', args });
  },
};
