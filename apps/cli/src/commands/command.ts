import type { ParseArgsOptionsConfig } from 'node:util';

/** What a command is given: its options, its positional arguments and whether to answer in JSON. */
export type Invocation = {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
  readonly json: boolean;
};

/** One command of `praya`. `run` answers the exit code: 0 done, 1 failed, 2 called wrongly. */
export type Command = {
  readonly usage: string;
  readonly options: ParseArgsOptionsConfig;
  run(invocation: Invocation): Promise<number>;
};

/** An option's text, or the fallback. */
export function textOf(value: Invocation['values'][string], fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}
