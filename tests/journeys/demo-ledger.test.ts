import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PRAYA = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'src', 'main.ts');

// A city, and a dozen calls of the command line: half a minute where nobody else works.
const BUSY_MS = 280_000;

type Tampering = { how: string; caughtBy: string; code: string };

test(
  'the demonstration notarises, revokes, and names every attempt to tamper',
  () => {
    const run = spawnSync(process.execPath, [PRAYA, 'demo', 'ledger', '--json'], {
      encoding: 'utf8',
      timeout: BUSY_MS,
    });
    expect(run.status, run.stderr).toBe(0);
    const result = JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(result).toMatchObject({ ok: true });
    expect(result.proofsVerified).toBeGreaterThan(20);
    expect(result.steps.map(({ name }: { name: string }) => name)).toContain('she revokes');
    const codes = Object.fromEntries(result.tampering.map(({ how, code }: Tampering) => [how, code]));
    expect(codes).toMatchObject({
      'one bit of the document': 'notarisation.digest-wrong',
      'one bit of a hash in the proof': 'merkle.root-mismatch',
      'all cosignatures but one removed': 'receipt.not-witnessed',
      'a statement left out of the history': 'notarisation.chain-broken',
      'one bit of an entry in the database': 'entry-changed 0',
      'a fork of the same size, signed with the log’s own key': '409',
      'a fork that grows, signed with the log’s own key': '422',
      'an older checkpoint shown again': 'rollback',
      'one bit of an entry as it is served': 'inconsistent',
      'one bit of a tile as it is served': 'tile-wrong',
    });
    expect(Object.keys(codes)).toHaveLength(12);
  },
  BUSY_MS,
);

test('another word after demo is a wrong call', () => {
  expect(spawnSync(process.execPath, [PRAYA, 'demo', 'dance'], { encoding: 'utf8' }).status).toBe(2);
});
