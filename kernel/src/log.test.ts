import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const LOG = fileURLToPath(new URL('./log.ts', import.meta.url));

// Fills the pipe to a reader that does not read; when that reader has gone, it ends like any other process.
const PROGRAM = `
  import { createLog } from ${JSON.stringify(LOG)};
  const log = createLog({ service: 'test' });
  process.on('disconnect', () => process.exit(7));
  setInterval(() => { for (let n = 0; n < 50; n++) log.info({ text: 'x'.repeat(4000) }, 'line'); }, 5);
  process.send('logging');
`;

function start(): ChildProcess {
  const words = ['--input-type=module', '--eval', PROGRAM];
  return spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
}

test('a process ends although nobody reads its log any more', async () => {
  const child = start();
  const ended = once(child, 'exit');
  try {
    await once(child, 'message');
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.stdout?.destroy();
    child.disconnect();
    expect(await Promise.race([ended, late()])).toEqual([7, null]);
  } finally {
    child.kill('SIGKILL');
  }
}, 20_000);

function late(): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve('late'), 8000).unref());
}
