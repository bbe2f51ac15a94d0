import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PRAYA = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'src', 'main.ts');

test('the demonstration plays the main job and ends with one line that says what held', () => {
  const run = spawnSync(process.execPath, [PRAYA, 'demo', '--json'], { encoding: 'utf8', timeout: 110_000 });
  expect(run.status, run.stderr).toBe(0);
  const result = JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(result).toMatchObject({ ok: true, gatewayCouldRead: false });
  expect(result.proofsVerified).toBeGreaterThan(50);
  expect(result.revokedAfterMs).toBeLessThan(1000);
  expect(result.steps.map(({ name }: { name: string }) => name)).toContain('she revokes');
  expect(result.blindness.sealedMessages).toBeGreaterThan(0);
});
