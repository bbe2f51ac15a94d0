import { beforeEach } from 'vitest';
import type { Notary } from './contract.ts';
import { approvalFacts } from './contract-suite/approvals-suite.ts';
import { bulkFacts } from './contract-suite/bulks-suite.ts';
import { changeFacts } from './contract-suite/changes-suite.ts';
import { checkFacts } from './contract-suite/checks-suite.ts';
import { recordFacts } from './contract-suite/records-suite.ts';
import { createWorld, type World } from './test-world.ts';

/** What a group of facts is told about: a fresh room in a fresh world for each. */
export type Scene = { readonly world: World; readonly notary: Notary };

/** The facts that hold for the room and for its double. */
export function notarySuite(build: (world: World) => Promise<Notary>): void {
  let scene: Scene;
  beforeEach(async () => {
    const world = await createWorld();
    scene = { world, notary: await build(world) };
  });
  for (const facts of [recordFacts, changeFacts, approvalFacts, checkFacts, bulkFacts]) facts(() => scene);
}
