// Runs before every npm script, on whatever Node the machine has (20 or newer), with nothing installed:
// installs the dependencies when they are missing or stale, and with --tests what the suites need from Debian.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.praya-installed');
const pinned = join(modules, '.bin', 'node');

installDependencies();
checkRuntime();
if (process.argv.includes('--tests')) installTestTools();

function installDependencies() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Installing dependencies …');
  const npm = process.env.npm_execpath;
  // Not `npm ci`: it refuses a lock file made where some platforms' optional packages could not be had.
  // With --no-save the versions are the lock file's and the lock file stays as it is.
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  execFileSync(command, [...first, ...args], { cwd: root, stdio: 'inherit' });
  writeFileSync(stamp, wanted);
}

function checkRuntime() {
  const binary = existsSync(pinned) ? pinned : process.execPath;
  const version = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 12)) return;
  console.error(`Praya runs on Node 24.12 or newer. The pinned one is not available for this platform,
and this machine has ${version}. Install a newer Node and try again.`);
  process.exit(1);
}

function installTestTools() {
  const missing = [
    ...(hasCommand('chromium') || process.env.CHROMIUM_PATH ? [] : ['chromium']),
    ...(existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc') ? [] : ['fonts-noto-cjk']),
  ];
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !hasCommand('apt-get')) {
    console.log(
      `Not installed: ${missing.join(', ')} (needs root on Debian). The browser suites will be skipped.`,
    );
    return;
  }
  console.log(`Installing ${missing.join(' and ')} …`);
  const apt = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt('update', '-qq');
  const result = apt('install', '-y', '-qq', '--no-install-recommends', ...missing);
  if (result.status !== 0) console.log('apt-get could not install them. The browser suites will be skipped.');
}

function hasCommand(name) {
  return spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0;
}
