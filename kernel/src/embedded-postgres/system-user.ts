import { spawnSync } from 'node:child_process';

/** The system user that runs PostgreSQL; null means the user that runs this process. */
export type SystemUser = { uid: number; gid: number } | null;

const candidates = ['postgres', 'praya'];

/** The user PostgreSQL runs as: ourselves, or, since PostgreSQL refuses root, a system user found or created. */
export function systemUser(): SystemUser {
  if (process.getuid?.() !== 0) return null;
  for (const name of candidates) {
    const user = lookUp(name);
    if (user !== null) return user;
  }
  createUser('praya');
  const created = lookUp('praya');
  if (created === null)
    throw new Error('Cannot create the system user "praya"; run as an ordinary user instead');
  return created;
}

/** True when that user can enter and write the directory, whatever its parents allow. */
export function canWrite(user: SystemUser, directory: string): boolean {
  return runsAs(user, '/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', directory]);
}

/** True when that user can run the program to a successful end. */
export function runsAs(user: SystemUser, program: string, args: string[]): boolean {
  return spawnSync(program, args, { cwd: '/', stdio: 'ignore', ...user }).status === 0;
}

function lookUp(name: string): SystemUser {
  const uid = idOf('-u', name);
  const gid = idOf('-g', name);
  return uid === null || gid === null || uid === 0 ? null : { uid, gid };
}

function idOf(flag: '-u' | '-g', name: string): number | null {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout.trim()) : null;
}

function createUser(name: string): void {
  const env = { PATH: '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin' };
  const made = spawnSync('useradd', ['-r', '-U', '-M', '-s', '/usr/sbin/nologin', name], { env });
  if (made.status !== 0) spawnSync('adduser', ['-S', '-D', '-H', name], { env });
}
