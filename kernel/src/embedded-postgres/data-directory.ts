import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Binaries, sharedHome } from './binaries.ts';
import { canWrite, type SystemUser } from './system-user.ts';

type Place = { directory: string; user: SystemUser; log: (message: string) => void };

/** The data directory `<directory>/data`, created if needed, owned by the user and reachable by it. */
export function placeData({ directory, user, log }: Place): string {
  mkdirSync(directory, { recursive: true });
  const data = join(directory, 'data');
  if (!existsSync(data)) {
    rmSync(data, { force: true });
    mkdirSync(data, { mode: 0o700 });
  }
  own(user, realpathSync(data));
  if (canWrite(user, realpathSync(data))) return realpathSync(data);
  return moveToSharedHome({ directory, user, log });
}

/** Initialises the cluster once; an interrupted attempt leaves no `PG_VERSION` and is begun again. */
export function initialise(options: {
  binaries: Binaries;
  data: string;
  user: SystemUser;
  password: string;
}): void {
  const { binaries, data, user, password } = options;
  if (existsSync(join(data, 'praya-initialised'))) return;
  const passwordFile = `${data}.password`;
  emptyDirectory(data, user);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  own(user, passwordFile);
  const args = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8'];
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const made = spawnSync(binaries.initdb, [...args, ...locale], {
    cwd: '/',
    env: cleanEnvironment(),
    encoding: 'utf8',
    ...user,
  });
  rmSync(passwordFile, { force: true });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? ''}${made.stderr}`);
  writeFileSync(join(data, 'praya-initialised'), `${binaries.version}\n`);
}

/** The administrator's password, made once and kept in a file only its owner reads. */
export function administratorPassword(file: string, clusterExists: boolean): string {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  if (clusterExists) throw new Error(`The database exists but its password file ${file} is gone: restore it`);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return password;
}

/** Deletes the database of a directory, also when its data had to live elsewhere. It must be stopped. */
export function erasePostgres(directory: string): void {
  const data = join(directory, 'data');
  if (lstatSync(data, { throwIfNoEntry: false })?.isSymbolicLink()) {
    rmSync(dirname(readlinkSync(data)), { recursive: true, force: true });
  }
  rmSync(directory, { recursive: true, force: true });
}

/** The environment PostgreSQL's programs get: none of ours, so that no `PG…` variable changes what they do. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

function moveToSharedHome({ directory, user, log }: Place): string {
  const home = join(
    sharedHome,
    createHash('sha256').update(realpathSync(directory)).digest('hex').slice(0, 16),
  );
  const data = join(home, 'data');
  if (existsSync(home)) renameSync(home, `${home}.replaced-${randomBytes(4).toString('hex')}`);
  log(`The system user cannot reach ${directory}: its data is kept in ${data}`);
  mkdirSync(home, { recursive: true, mode: 0o755 });
  own(user, home);
  const asked = join(directory, 'data');
  if (existsSync(join(asked, 'PG_VERSION'))) spawnSync('cp', ['-a', asked, data]);
  else mkdirSync(data, { mode: 0o700 });
  own(user, data);
  if (!canWrite(user, data)) throw new Error(`The system user cannot write ${data}`);
  rmSync(asked, { recursive: true });
  symlinkSync(data, asked);
  return data;
}

function emptyDirectory(data: string, user: SystemUser): void {
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { mode: 0o700 });
  own(user, data);
}

function own(user: SystemUser, path: string): void {
  if (user !== null) chownSync(path, user.uid, user.gid);
}
