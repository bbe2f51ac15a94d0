import { readSettings } from '../settings.ts';
import { runAtTerminal } from '../supervisor/operation.ts';
import { type Command, textOf } from './command.ts';

const VERBS = ['check', 'succeed'];

/** Recounts the logs of the city; ends one that cannot go on. */
export const ledger: Command = {
  usage: `praya ledger check [--origin ORIGIN] [--json]
praya ledger succeed --origin ORIGIN [--json]

check
Recomputes every log from its entries and compares all that is stored: entry bundles, tiles of every level, the tree,
every published checkpoint with its signatures, the journal. Names what does not fit, a line for each.
It reads everything, in one state of the database; the city may go on meanwhile. 0: sound, 1: not.

  --origin   one log alone, as in its checkpoints: praya.example/log/evidence/2026h2

succeed
Ends a log that stands still because its witnesses have seen more than it holds, and opens its successor with a key of
its own. Not to be undone. First read docs/runbooks/backup-and-restore.md: what was lost may still be found.`,
  options: { origin: { type: 'string' } },
  async run({ values, positionals, json }) {
    const [verb = ''] = positionals;
    const origin = textOf(values['origin'], '');
    if (positionals.length !== 1 || !VERBS.includes(verb) || (verb === 'succeed' && origin === '')) {
      console.error(this.usage);
      return 2;
    }
    const args = [...(json ? ['--json'] : []), ...(origin === '' ? [] : [`--origin=${origin}`])];
    return runAtTerminal(readSettings(), { name: `ledger-${verb}`, args });
  },
};
