import { resolve } from 'node:path';
import { buildPortal } from '../../apps/cli/src/supervisor/portal-build.ts';

/** The platform serves the built portal, so it is built before tests that compose one. */
export function setup(): void {
  buildPortal(resolve(import.meta.dirname, '..', '..'));
}
