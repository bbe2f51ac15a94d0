import { resolve } from 'node:path';
import { readSettings } from '../settings.ts';
import { runAtTerminal } from '../supervisor/operation.ts';
import { type Command, type Invocation, textOf } from './command.ts';
import { isUse, newKeyPair, writeNewKey } from './new-key.ts';

/** Lists and rotates the platform's own signing keys, and makes keys for those who integrate. */
export const keys: Command = {
  usage: `praya keys list [--json]
praya keys rotate --purpose PURPOSE [--json]
praya keys new --use sig|enc|secret [--kid KID] [--file FILE] [--json]

The signing keys of the platform: who uses them, their state and until when they count.
Rotate publishes the next key at once; it signs when every reader has had time to see it.

New makes a key for an organisation: it writes the private half to a file that only you may read
and prints the public half, which goes into the directory. It needs no city.

  --purpose   openid, consent, gateway, events, log or anchor
  --use       sig to sign, enc to receive what is sealed, secret for handles and codes of the register of persons
  --kid       the key's name, unique in the city; by default its thumbprint
  --file      where the private half goes; by default KID.private.json here`,
  options: {
    purpose: { type: 'string' },
    use: { type: 'string' },
    kid: { type: 'string' },
    file: { type: 'string' },
  },
  async run(invocation) {
    const { values, positionals, json } = invocation;
    const [verb] = positionals;
    const purpose = textOf(values['purpose'], '');
    if (verb === 'new' && isUse(values['use'])) return makeKey(values['use'], invocation);
    if ((verb !== 'list' && verb !== 'rotate') || (verb === 'rotate' && purpose === '')) {
      console.error(this.usage);
      return 2;
    }
    const args = [verb, ...(json ? ['--json'] : []), ...(purpose === '' ? [] : [purpose])];
    return runAtTerminal(readSettings(), { name: 'keys', args });
  },
};

function makeKey(use: 'sig' | 'enc' | 'secret', { values, json }: Invocation): number {
  const pair = newKeyPair(use, textOf(values['kid'], ''));
  const file = resolve(textOf(values['file'], `${pair.private.kid}.private.json`));
  writeNewKey(file, pair.private);
  console.error(`The private half is in ${file}. Nobody else needs it.`);
  console.log(json ? JSON.stringify(pair.public) : JSON.stringify(pair.public, null, 2));
  return 0;
}
