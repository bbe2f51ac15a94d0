import { describe } from 'vitest';
import { authoritySuite } from './contract-suite/authority.ts';
import { changeSuite } from './contract-suite/changing.ts';
import { keySuite } from './contract-suite/keys.ts';
import type { WithDirectory } from './contract-suite/officers.ts';
import { readingSuite } from './contract-suite/reading.ts';
import { takingSuite } from './contract-suite/taking.ts';
import { trustSuite } from './contract-suite/trust.ts';

/** What every directory does, the real one and the double. */
export function directorySuite(name: string, withDirectory: WithDirectory): void {
  describe(name, () => {
    readingSuite(withDirectory);
    changeSuite(withDirectory);
    authoritySuite(withDirectory);
    keySuite(withDirectory);
    takingSuite(withDirectory);
    trustSuite(withDirectory);
  });
}
