import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataPath, type Settings } from '../settings.ts';
import type { ChildPlan } from './child.ts';

type Algorithm = 'ed25519' | 'ml-dsa-44';
type Witness = { readonly name: string; readonly algorithms: readonly Algorithm[] };
type Made = { readonly keys: readonly { readonly algorithm: Algorithm; readonly vkey: string }[] };

/** The demonstration's witnesses. In a real city each runs at an institution of its own. */
const WITNESSES: readonly Witness[] = [
  { name: 'harbour-university', algorithms: ['ed25519'] },
  { name: 'institute-of-auditors', algorithms: ['ed25519'] },
  { name: 'association-of-banks', algorithms: ['ed25519', 'ml-dsa-44'] },
];
const NEED = 2;
const FIRST_PORT = 11;

/** Makes keys, configurations and the policy of the demonstration's witnesses, where they are not there yet. */
export function ensureWitnesses(settings: Settings): void {
  if (existsSync(policyFile(settings))) return;
  rmSync(dataPath(settings, 'witnesses'), { recursive: true, force: true });
  const lines = WITNESSES.flatMap((witness, position) => {
    const url = `http://localhost:${portOf(settings, position)}`;
    const { keys } = makeWitness(settings, witness, position);
    const named = keys.map(({ algorithm, vkey }) => ({
      name: keys.length === 1 ? witness.name : `${witness.name}-${algorithm}`,
      vkey,
    }));
    const members = named.map(({ name, vkey }) => `witness ${name} ${vkey} ${url}`);
    if (named.length === 1) return members;
    return [...members, `group ${witness.name} any ${named.map(({ name }) => name).join(' ')}`];
  });
  const group = `group witnesses ${NEED} ${WITNESSES.map(({ name }) => name).join(' ')}`;
  writeFileSync(policyFile(settings), [...lines, group, 'quorum witnesses', ''].join('\n'));
}

/** The processes of the demonstration's witnesses. */
export function witnessPlans(settings: Settings): ChildPlan[] {
  return WITNESSES.map(({ name }) => ({
    name: `witness ${name}`,
    script: join(settings.root, 'apps', 'witness', 'src', 'main.ts'),
    environment: { PRAYA_WITNESS_CONFIG: configFile(settings, name) },
    logFile: dataPath(settings, 'logs', `witness-${name}.log`),
  }));
}

/** The ports at which the demonstration's witnesses listen. */
export function witnessPorts(settings: Settings): number[] {
  return WITNESSES.map((_witness, position) => portOf(settings, position));
}

function makeWitness(settings: Settings, { name, algorithms }: Witness, position: number): Made {
  const directory = dataPath(settings, 'witnesses', name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const script = join(settings.root, 'apps', 'witness', 'src', 'operate', 'new.ts');
  const keyName = `${name}.example/witness`;
  const args = ['--name', keyName, '--directory', directory, '--algorithms', algorithms.join(','), '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The witness ${name} could not be made: ${stderr}`);
  const config = {
    name: keyName,
    listen: { host: 'localhost', port: portOf(settings, position) },
    directory: '.',
    logs: `http://localhost:${settings.PRAYA_PORT}/ledger/v1/log-keys`,
    algorithms,
    pollSeconds: 1,
    requestsPerMinute: 60_000,
    logLevel: 'warn',
  };
  writeFileSync(configFile(settings, name), `${JSON.stringify(config, null, 2)}\n`);
  return JSON.parse(stdout);
}

function policyFile(settings: Settings): string {
  return dataPath(settings, 'witness-policy');
}

function configFile(settings: Settings, name: string): string {
  return dataPath(settings, 'witnesses', name, 'config.json');
}

function portOf(settings: Settings, position: number): number {
  return settings.PRAYA_PORT + FIRST_PORT + position;
}
