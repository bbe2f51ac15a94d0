#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { appoint } from './commands/appoint.ts';
import { build } from './commands/build.ts';
import { city } from './commands/city.ts';
import type { Command } from './commands/command.ts';
import { demo } from './commands/demo.ts';
import { found } from './commands/found.ts';
import { keys } from './commands/keys.ts';
import { start } from './commands/start.ts';
import { verify } from './commands/verify.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  start,
  demo,
  verify,
  city,
  keys,
  found,
  appoint,
  build,
};

const USAGE = `praya — the digital public infrastructure of a city

  praya start                  start the city and say where to look
  praya demo                   play the main job over the protocols and check every proof
  praya verify FILE            check a receipt offline
  praya city reset             make the demonstration city anew
  praya keys list | rotate     the signing keys of the platform
  praya keys new               a key pair for an organisation
  praya found FILE             found a production city
  praya appoint                appoint its first officers
  praya build                  build the portal's pages ahead of a start

Each takes --help and --json. Exit codes: 0 done, 1 failed or not valid, 2 called wrongly.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === 'help') {
    console.log(USAGE);
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS[name];
  if (command === undefined) return wrong(`There is no command ${name}.`, USAGE);
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
