import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = [
  'apps/portal/{src,public}/**/*',
  'apps/portal/{index.html,vite.config.ts,package.json}',
  'clients/verifier/src/**/*.ts',
  'services/*/src/contract.ts',
  'city/src/**/*.ts',
];

/** Builds the portal when its sources are not those of the last build. */
export function buildPortal(root: string): void {
  const portal = join(root, 'apps', 'portal');
  const stamp = join(portal, 'dist', '.sources');
  const digest = digestOf(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  const vite = join(root, 'node_modules', '.bin', 'vite');
  const { status, stdout, stderr } = spawnSync(vite, ['build', '--logLevel', 'error'], {
    cwd: portal,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (status !== 0) throw new Error(`The portal does not build:\n${stdout}${stderr}`);
  writeFileSync(stamp, digest);
}

function digestOf(root: string): string {
  const hash = createHash('sha256');
  for (const file of globSync(SOURCES, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()) {
    hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest('hex');
}
