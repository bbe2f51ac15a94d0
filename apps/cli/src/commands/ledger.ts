import { readSettings } from '../settings.ts';
import { runAtTerminal } from '../supervisor/operation.ts';
import { type Command, textOf } from './command.ts';

/** Recounts the logs of the city. */
export const ledger: Command = {
  usage: `praya ledger check [--origin ORIGIN] [--json]

Recomputes every log from its entries and compares all that is stored: entry bundles, tiles of every level, the tree,
every published checkpoint with its signatures, the journal. Names what does not fit, a line for each.
It reads everything, in one state of the database; the city may go on meanwhile. 0: sound, 1: not.

  --origin   one log alone, as in its checkpoints: praya.example/log/evidence/2026h2`,
  options: { origin: { type: 'string' } },
  async run({ values, positionals, json }) {
    if (positionals.length !== 1 || positionals[0] !== 'check') {
      console.error(this.usage);
      return 2;
    }
    const origin = textOf(values['origin'], '');
    const args = [...(json ? ['--json'] : []), ...(origin === '' ? [] : [`--origin=${origin}`])];
    return runAtTerminal(readSettings(), { name: 'ledger-check', args });
  },
};
