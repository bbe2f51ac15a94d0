import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { readSettings } from '../settings.ts';
import type { Command } from './command.ts';

/** Runs a witness, or makes the keys and the state of a new one. It needs no city. */
export const witness: Command = {
  usage: `praya witness --config FILE
praya witness new --name NAME [--directory DIRECTORY] [--algorithms ed25519,ml-dsa-44] [--json]

A witness remembers the newest checkpoint of each log that it follows and cosigns the next one only where
it adds to it. It runs at an institution of its own, with keys that nobody else has. See docs/how-to/run-a-witness.md.

New makes its keys (keys.json, for you alone) and its empty state, and prints what others need to know: the
verifier keys.

  --config      name, listen, directory, logs, algorithms: a JSON file
  --name        an address without a scheme, such as witness.example.edu/w1
  --directory   where keys and state lie; by default here`,
  options: {
    config: { type: 'string' },
    name: { type: 'string' },
    directory: { type: 'string' },
    algorithms: { type: 'string' },
  },
  async run({ values, positionals, json }) {
    const [verb] = positionals;
    const makesNew = verb === 'new' && values['name'] !== undefined;
    const runs = verb === undefined && values['config'] !== undefined;
    if (positionals.length > 1 || (!makesNew && !runs)) {
      console.error(this.usage);
      return 2;
    }
    if (runs) return runScript('main.ts', [`--config=${resolve(String(values['config']))}`]);
    const given = ['name', 'directory', 'algorithms'].filter((option) => values[option] !== undefined);
    const args = given.map((option) => `--${option}=${String(values[option])}`);
    return runScript(join('operate', 'new.ts'), [...args, ...(json ? ['--json'] : [])]);
  },
};

// The channel is the lifeline: the witness ends when it closes, so it does not outlive us.
async function runScript(script: string, args: readonly string[]): Promise<number> {
  const path = join(readSettings().root, 'apps', 'witness', 'src', script);
  const child = spawn(process.execPath, [path, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => void child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal));
  const [status] = await once(child, 'exit');
  return typeof status === 'number' ? status : 1;
}
