#!/usr/bin/env node
import { parseArgs } from 'node:util';
import type { Command } from './commands/command.ts';

// Each is loaded when it is called, so that none waits for what another needs.
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).start,
  demo: async () => (await import('./commands/demo.ts')).demo,
  verify: async () => (await import('./commands/verify.ts')).verify,
  city: async () => (await import('./commands/city.ts')).city,
  ledger: async () => (await import('./commands/ledger.ts')).ledger,
  keys: async () => (await import('./commands/keys.ts')).keys,
  found: async () => (await import('./commands/found.ts')).found,
  appoint: async () => (await import('./commands/appoint.ts')).appoint,
  build: async () => (await import('./commands/build.ts')).build,
  witness: async () => (await import('./commands/witness.ts')).witness,
  monitor: async () => (await import('./commands/monitor.ts')).monitor,
};

const USAGE = `praya — the digital public infrastructure of a city

  praya start                  start the city and say where to look
  praya demo                   play the main job over the protocols and check every proof
  praya demo ledger            notarise, revoke, tamper in many ways, and see each attempt caught
  praya verify FILE            check a receipt, a notarisation, a proof or a statement offline
  praya city reset             make the demonstration city anew
  praya ledger check           recount the logs and name whatever does not fit; ledger succeed ends one that cannot go on
  praya keys list | rotate     the signing keys of the platform
  praya keys new               a key pair for an organisation
  praya found FILE             found a production city
  praya appoint                appoint its first officers
  praya build                  build the portal's pages ahead of a start
  praya witness --config FILE  cosign what logs publish; witness new makes the keys for it
  praya monitor [URL]          follow a log from its public files and say what is wrong with it

Each takes --help and --json. Exit codes: 0 done, 1 failed or not valid, 2 called wrongly.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === 'help') {
    console.log(USAGE);
    return name === undefined ? 2 : 0;
  }
  const load = COMMANDS[name];
  if (load === undefined) return wrong(`There is no command ${name}.`, USAGE);
  const command = await load();
  if (rest.includes('--help')) {
    console.log(command.usage);
    return 0;
  }
  return run(command, rest);
}

async function run(command: Command, args: string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { ...command.options, json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    return await command.run({ values, positionals, json: values['json'] === true });
  } catch (error) {
    if (isUsageError(error)) return wrong(error.message, command.usage);
    console.error(error instanceof Error ? error.message : String(error));
    if (process.env['PRAYA_LOG_LEVEL'] === 'debug') console.error(error);
    return 1;
  }
}

function isUsageError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

function wrong(message: string, usage: string): number {
  console.error(`${message}\n\n${usage}`);
  return 2;
}
