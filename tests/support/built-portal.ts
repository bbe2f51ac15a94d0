import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildPortal } from '../../apps/cli/src/supervisor/portal-build.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

/** A platform serves the built portal and does not start without one; which one matters to journeys alone. */
export function setup(): void {
  if (!existsSync(join(ROOT, 'apps', 'portal', 'dist', 'index.html'))) buildPortal(ROOT);
}
