import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A log as a stranger knows it. `url` is its monitoring prefix, `witnesses` their addresses. */
export type LogToWatch = {
  readonly origin: string;
  readonly url: string;
  readonly key: string;
  /** C2SP tlog-policy without log lines */
  readonly policy: string;
  readonly witnesses: readonly string[];
};

/** What `praya ledger check` says. */
export type LedgerCheck = {
  readonly sound: boolean;
  readonly faults: readonly { readonly kind: string; readonly at: string }[];
};

const PRAYA = resolve(import.meta.dirname, '..', '..', '..', '..', 'apps', 'cli', 'src', 'main.ts');

/** The operator recounts a log of the city that runs on a data directory. */
export async function ledgerCheck(dataDirectory: string, origin: string): Promise<LedgerCheck> {
  const { stdout, stderr } = await praya(['ledger', 'check', '--origin', origin, '--json'], {
    PRAYA_DATA: dataDirectory,
  });
  const { logs } = JSON.parse(lastLine(stdout) || '{}') as { logs?: readonly LedgerCheck[] };
  const [found] = logs ?? [];
  if (found === undefined) throw new Error(`The ledger was not checked: ${stderr}`);
  return found;
}

/** A stranger looks at every entry and every tile of a log, once. Answers the kinds of its alarms. */
export async function watchLog(log: LogToWatch, stateFile: string): Promise<readonly string[]> {
  const policyFile = join(stateFile, '..', 'policy');
  writeFileSync(policyFile, log.policy);
  const { stdout, code, stderr } = await praya(
    [
      'monitor',
      log.url,
      '--key',
      log.key,
      '--policy',
      policyFile,
      '--state',
      stateFile,
      '--once',
      '--full',
      '--json',
    ],
    {},
  );
  if (code === 1 || code === 2) throw new Error(`The monitor failed: ${stderr}`);
  const events = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  return [...new Set(events.filter(({ event }) => event === 'alarm').map(({ kind }) => String(kind)))];
}

type Said = { readonly stdout: string; readonly stderr: string; readonly code: number };

function praya(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Said> {
  const options = { env: { ...process.env, ...environment }, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((settle) => {
    execFile(process.execPath, [PRAYA, ...args], options, (error, stdout, stderr) =>
      settle({ stdout, stderr, code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1 }),
    );
  });
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
