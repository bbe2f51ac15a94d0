import { join, resolve } from 'node:path';
import { migrate, type RoomMigrations } from '@praya/kernel/migrate';
import type { Config } from './config.ts';

const SERVICES = resolve(import.meta.dirname, '..', '..', '..', 'services');
const ROOMS = ['directory', 'identity', 'consent', 'exchange', 'ledger'] as const;

/** Where each room's migrations are, and the platform's own for its sessions. */
export const MIGRATIONS: readonly RoomMigrations[] = [
  ...ROOMS.map((name) => ({ name, directory: join(SERVICES, name, 'src', 'migrations'), keyring: true })),
  { name: 'platform', directory: join(import.meta.dirname, 'session', 'migrations'), keyring: true },
];

/** Brings the database to what this code expects. */
export async function migratePlatform(about: { config: Config; masterKey: Uint8Array }): Promise<void> {
  await migrate({
    adminUrl: about.config.adminUrl,
    masterKey: about.masterKey,
    rooms: [...MIGRATIONS],
  });
}
