// Every suite, one after the other, and how many of each. The last line is the sum.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Tally = { passed: number; failed: number; skipped: number };

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const scratch = mkdtempSync(join(tmpdir(), 'praya-tests-'));

const STATIC_CHECKS = {
  biome: ['biome', 'check', '.'],
  types: ['tsc', '--noEmit'],
  knip: ['knip'],
} as const;
const PROJECTS = ['pure', 'database', 'faults', 'journeys'] as const;

const tallies: Record<string, Tally> = { static: runStaticChecks() };
for (const project of PROJECTS) tallies[project] = runProject(project);
rmSync(scratch, { recursive: true, force: true });
report();

function runStaticChecks(): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, [command, ...args]] of Object.entries(STATIC_CHECKS)) {
    console.log(`\n— ${name}`);
    const { status } = spawnSync(join(bin, command), args, { cwd: root, stdio: 'inherit' });
    tally[status === 0 ? 'passed' : 'failed'] += 1;
  }
  return tally;
}

function runProject(project: string): Tally {
  console.log(`\n— ${project}`);
  const output = join(scratch, `${project}.json`);
  const { status } = spawnSync(
    join(bin, 'vitest'),
    ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${output}`],
    { cwd: root, stdio: 'inherit' },
  );
  return tallyOf(output, status ?? 1);
}

// A run that dies before it reports, or fails outside a test, counts as one failure rather than as nothing.
function tallyOf(output: string, status: number): Tally {
  try {
    const results: unknown = JSON.parse(readFileSync(output, 'utf8'));
    const count = (key: string): number =>
      typeof results === 'object' && results !== null && key in results
        ? Number(Object.entries(results).find(([name]) => name === key)?.[1] ?? 0)
        : 0;
    const failed = Math.max(
      count('numFailedTests'),
      count('numFailedTestSuites') > 0 ? 1 : 0,
      status === 0 ? 0 : 1,
    );
    return {
      passed: count('numPassedTests'),
      failed,
      skipped: count('numPendingTests') + count('numTodoTests'),
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function report(): void {
  console.log('');
  const sum: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const [suite, tally] of Object.entries(tallies)) {
    const { passed, failed, skipped } = tally;
    console.log(`${suite.padEnd(9)} ${passed} passed · ${failed} failed · ${skipped} skipped`);
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  process.exitCode = sum.failed === 0 ? 0 : 1;
  console.log(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
}
