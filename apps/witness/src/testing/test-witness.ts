import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@praya/kernel/log';
import { createWitnessApp, type Surroundings, type WitnessApp } from '../app.ts';
import { type Config, readConfig } from '../config.ts';
import { ALGORITHMS } from '../keys.ts';
import { makeWitness, type NewWitness } from '../new-witness.ts';

/** The files of a new witness with both keys, in a directory of its own. */
export type WitnessFiles = {
  readonly made: NewWitness;
  readonly configFile: string;
  readonly listFile: string;
  config(): Config;
};

export function makeWitnessFiles(
  logs: readonly { readonly vkey: string }[],
  settings: Readonly<Record<string, unknown>> = {},
): WitnessFiles {
  const directory = join(mkdtempSync(join(tmpdir(), 'praya-witness-')), 'own');
  const { name = 'witness.example.edu/w1' } = settings as { readonly name?: string };
  const made = makeWitness({ name, directory, algorithms: ALGORITHMS });
  const listFile = join(directory, 'logs.txt');
  const configFile = join(directory, 'config.json');
  writeFileSync(listFile, logs.map(({ vkey }) => `${vkey}\n`).join(''));
  writeFileSync(
    configFile,
    JSON.stringify({
      name: made.name,
      listen: { port: 24_000 },
      logs: 'logs.txt',
      algorithms: ALGORITHMS,
      ...settings,
    }),
  );
  return { made, configFile, listFile, config: () => readConfig(configFile) };
}

/** A witness in this process, on no port: it is asked by `server.inject`. */
export function openWitness(files: WitnessFiles, around: Partial<Surroundings> = {}): Promise<WitnessApp> {
  return createWitnessApp(files.config(), { log: silentLog(), now: () => new Date(), fetch, ...around });
}

/** What a log sends, and what it is answered. */
export async function ask(app: WitnessApp, body: string | Uint8Array, type?: string) {
  const response = await app.server.inject({
    method: 'POST',
    url: '/add-checkpoint',
    payload: Buffer.from(body),
    headers: type === undefined ? {} : { 'content-type': type },
  });
  const { statusCode: status, body: text, headers } = response;
  return { status, text, type: String(headers['content-type']) };
}
