import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPretendedLog, type PretendedLog } from '@praya/monitor/testing/pretended-log';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const PORT = 24_100;
const METRICS_PORT = 24_101;
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
let log: PretendedLog;
let server: Server;
let hooked: { kind?: string }[];
let directory: string;
let policy: string;

beforeEach(async () => {
  log = createPretendedLog();
  hooked = [];
  directory = mkdtempSync(join(tmpdir(), 'praya-monitor-'));
  policy = join(directory, 'policy');
  writeFileSync(policy, log.policy);
  log.grow(300);
  log.publish();
  server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      hooked.push(JSON.parse(Buffer.concat(chunks).toString()));
      return void response.end();
    }
    const answer = await log.ask(`${log.url}${request.url}`);
    response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
  });
  server.listen(PORT);
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

function start(...args: string[]) {
  const url = `http://localhost:${PORT}`;
  const child = spawn(process.execPath, [MAIN, 'monitor', url, '--policy', policy, '--json', ...args], {
    cwd: directory,
  });
  const lines: Record<string, unknown>[] = [];
  let rest = '';
  child.stdout.on('data', (chunk) => {
    const parts = `${rest}${chunk}`.split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.map((line) => JSON.parse(line)));
  });
  return { child, lines, exit: once(child, 'exit') };
}

async function run(...args: string[]) {
  const { lines, exit } = start(...args);
  const [code] = await exit;
  return { code, lines };
}

describe('praya monitor', () => {
  test('--once answers by its exit code and by lines of JSON, and remembers in a file', async () => {
    expect(await run('--once')).toMatchObject({ code: 0, lines: [{ event: 'checkpoint', size: 300 }] });
    log.publish({ size: 299 });
    const webhook = `http://localhost:${PORT}/hook`;
    expect(await run('--once', '--webhook', webhook)).toMatchObject({
      code: 11,
      lines: [{ event: 'alarm', kind: 'rollback', evidence: { length: 2 } }],
    });
    expect(hooked).toMatchObject([{ kind: 'rollback', origin: log.origin }]);
  });

  test('--full finds a flipped bit, and --compare a split view', async () => {
    const fork = log.forkedAt(7);
    fork.grow(200);
    const peer = join(directory, 'peer.note');
    writeFileSync(peer, fork.publish());
    log.damage('tile/entries/000', (bytes) => bytes.with(3000, (bytes[3000] ?? 0) ^ 4));
    const { code, lines } = await run('--once', '--full', '--compare', peer);
    expect(code).toBe(10);
    expect(lines).toMatchObject([
      { kind: 'tile-wrong', subject: 'tile/entries/000' },
      { kind: 'split-view', subject: peer },
    ]);
  });

  test('follows until it is told to end, and shows its figures', async () => {
    const { child, lines, exit } = start('--every', '1s', '--metrics-port', String(METRICS_PORT));
    await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 20_000 });
    log.grow(1);
    log.publish();
    await vi.waitFor(() => expect(lines).toMatchObject([{ size: 300 }, { size: 301 }]), { timeout: 20_000 });
    const page = await (await fetch(`http://localhost:${METRICS_PORT}/metrics`)).text();
    expect(page).toContain(`praya_monitor_log_size{origin="${log.origin}"} 301`);
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  test.each([
    ['--every', '10'],
    ['--stall', 'soon'],
    ['--metrics-port', '0'],
    ['--unheard-of', '1'],
  ])('called with %s %s is called wrongly', async (...args) => {
    expect(await run('--once', ...args)).toEqual({ code: 2, lines: [] });
  });
});
