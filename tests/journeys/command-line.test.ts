import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const PRAYA = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'src', 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'praya-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function praya(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, PRAYA_DATA: folder, ...environment };
  return spawnSync(process.execPath, [PRAYA, ...args], {
    encoding: 'utf8',
    env,
  });
}

test.each(['start', 'demo', 'verify', 'city', 'keys'])('%s says how it is called', (command) => {
  const { status, stdout } = praya([command, '--help']);
  expect(status).toBe(0);
  expect(stdout).toContain(`praya ${command}`);
  expect(stdout).toContain('--json');
});

test.each([
  ['nothing', []],
  ['an unknown command', ['fly']],
  ['an unknown option', ['verify', '--fast', 'receipt.json']],
  ['verify without a file', ['verify']],
  ['city without a verb', ['city']],
  ['city with residents that are no number', ['city', 'reset', '--residents', 'many']],
  ['keys without a verb', ['keys']],
  ['rotate without a purpose', ['keys', 'rotate']],
])('%s is a wrong call: exit code 2', (_name, args) => {
  expect(praya(args).status).toBe(2);
});

test('a receipt that is not there is named', () => {
  const { status, stderr } = praya(['verify', join(folder, 'none.json')]);
  expect(status).toBe(1);
  expect(stderr).toContain('There is no receipt at');
});

test('a receipt that is no receipt is not valid, and the answer is one line of JSON', () => {
  const [receipt, anchor] = [join(folder, 'receipt.json'), join(folder, 'anchor.json')];
  writeFileSync(receipt, '{"type":"something else"}');
  writeFileSync(anchor, '{"kid":"x","jwk":{"kty":"OKP","crv":"Ed25519","x":"x"}}');
  const { status, stdout } = praya(['verify', receipt, '--anchor', anchor, '--json']);
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false });
});

test('a setting that breaks its rule is named', () => {
  const { status, stderr } = praya(['start'], { PRAYA_PORT: '99999999' });
  expect(status).toBe(1);
  expect(stderr).toContain('PRAYA_PORT');
});

test('a production city is not reset', () => {
  const { status, stderr } = praya(['city', 'reset'], { PRAYA_ENV: 'production' });
  expect(status).toBe(1);
  expect(stderr).toContain('not reset');
});
