import { readSettings } from '../settings.ts';
import { buildPortal } from '../supervisor/portal-build.ts';
import type { Command } from './command.ts';

/** Builds the portal's pages ahead of a start. */
export const build: Command = {
  usage: `praya build

Builds the portal's pages where they are not those of the sources. \`praya start\` does so by itself; where it may not
write to its own tree, as under deploy/praya.service, build them when you install.`,
  options: {},
  async run() {
    buildPortal(readSettings().root);
    return 0;
  },
};
