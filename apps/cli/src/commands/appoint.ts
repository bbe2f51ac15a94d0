import { readSettings } from '../settings.ts';
import { runAtTerminal } from '../supervisor/operation.ts';
import { type Command, textOf } from './command.ts';

const NEEDED = ['person', 'organisation', 'roles', 'reason'] as const;

/** Appoints the first officers of a city. */
export const appoint: Command = {
  usage: `praya appoint --person PER --organisation SLUG --roles ROLES --reason TEXT [--json]

Appoints an officer without a second one to approve it. Works only until the operator has a maker and a checker in
two persons; from then on officers are appointed by officers, on the directory pages. It goes into the audit.

  --person         per_…, as her page "My devices" shows it; she must have enrolled
  --organisation   the slug, as in the founding document
  --roles          some of administrator, directory.maker, directory.checker, counter.registrar, notary, with commas
                   between; they replace the roles she had there
  --reason         who decided it and where that is written down`,
  options: {
    person: { type: 'string' },
    organisation: { type: 'string' },
    roles: { type: 'string' },
    reason: { type: 'string' },
  },
  async run({ values, positionals, json }) {
    if (positionals.length > 0 || NEEDED.some((name) => textOf(values[name], '') === '')) {
      console.error(this.usage);
      return 2;
    }
    const args = NEEDED.map((name) => `--${name}=${textOf(values[name], '')}`);
    return runAtTerminal(readSettings(), { name: 'appoint', args: [...args, ...(json ? ['--json'] : [])] });
  },
};
