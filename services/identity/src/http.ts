import type { Directory } from '@praya/directory/contract';
import type { Clock } from '@praya/kernel/clock';
import type { Server } from '@praya/kernel/http/server';
import type { Registrar } from './contract.ts';
import { counterRoutes } from './http/counter.ts';
import { passkeyRoutes } from './http/passkeys.ts';
import { protocolRoutes } from './http/protocol.ts';
import { signInRoutes } from './http/sign-in.ts';
import type { IdentityRoom } from './service.ts';

/** What the room's routes need. */
export type IdentityHttpNeeds = {
  readonly room: IdentityRoom;
  readonly issuer: string;
  readonly directory: Pick<Directory, 'registrar'>;
  readonly registrar: Registrar;
  readonly now: Clock;
};

/** Every route of the identity room; `GET /interaction/:uid` itself is a page of the portal. */
export function identityRoutes(app: Server, needs: IdentityHttpNeeds): void {
  protocolRoutes(app, needs);
  signInRoutes(app, needs.room);
  passkeyRoutes(app, needs.room);
  counterRoutes(app, needs);
}
