import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createWorld, type World } from './testing/world.ts';

const PORT = 8252;
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
let world: World;
let configFile: string;

beforeAll(async () => {
  world = await createWorld();
  const directory = mkdtempSync(join(tmpdir(), 'praya-connector-'));
  const { keys: _, services, ...config } = world.config;
  const file = {
    ...config,
    port: PORT,
    // Nobody listens there: a connector starts all the same and declares when the platform is there.
    platformUrl: 'http://localhost:8253',
    services: services.filter(({ id }) => id !== 'persons.writing'),
  };
  const { registerSign, registerSeal } = world.city.keys;
  const secret = (kid: string) => ({ kty: 'oct', kid, k: Buffer.alloc(32, 7).toString('base64url') });
  configFile = join(directory, 'config.json');
  writeFileSync(configFile, JSON.stringify(file));
  writeFileSync(
    join(directory, 'keys.json'),
    JSON.stringify({
      signing: [registerSign.privateJwk],
      encryption: [registerSeal.privateJwk],
      handles: [secret('handles-1')],
      codes: secret('codes-1'),
    }),
  );
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function started(): Promise<ChildProcess> {
  const child = fork(MAIN, [], {
    env: { ...process.env, PRAYA_CONNECTOR_CONFIG: configFile },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const listening = async () => {
    const response = await fetch(`http://localhost:${PORT}/health/ready`);
    const ready = await response.json();
    // All is well but that nobody has taken our declaration.
    expect(ready.checks).toEqual({ database: 'pass', sources: 'pass', declared: 'fail' });
  };
  await vi.waitFor(listening, { timeout: 15_000, interval: 100 });
  return child;
}

test.each([
  ['it is told to', (child: ChildProcess) => void child.kill('SIGTERM')],
  ['whoever started it is gone', (child: ChildProcess) => child.disconnect()],
])('the process answers while it runs and ends by itself when %s', async (_name, end) => {
  const child = await started();
  const exit = once(child, 'exit');
  end(child);
  expect(await exit).toEqual([0, null]);
});
