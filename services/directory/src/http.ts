import type { Server } from '@praya/kernel/http/server';
import type { Directory } from './contract.ts';
import { changeRoutes } from './http/changes.ts';
import { organisationRoutes } from './http/organisations.ts';
import { publicRoutes } from './http/public.ts';

/** The directory's routes: what everybody may read, and what officers read and change. */
export function directoryRoutes(app: Server, needs: { readonly directory: Directory }): void {
  publicRoutes(app, needs.directory);
  organisationRoutes(app, needs.directory);
  changeRoutes(app, needs.directory);
}
