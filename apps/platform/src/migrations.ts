import { join, resolve } from 'node:path';
import { ConfigError } from '@praya/kernel/config';
import { migrate, type RoomMigrations } from '@praya/kernel/migrate';
import { isDemonstration } from './city/empty.ts';
import type { Config } from './config.ts';

const SERVICES = resolve(import.meta.dirname, '..', '..', '..', 'services');
const ROOMS = ['directory', 'identity', 'consent', 'exchange', 'ledger', 'notary'] as const;

/** Where each room's migrations are, and the platform's own for its sessions. */
export const MIGRATIONS: readonly RoomMigrations[] = [
  ...ROOMS.map((name) => ({ name, directory: join(SERVICES, name, 'src', 'migrations'), keyring: true })),
  { name: 'platform', directory: join(import.meta.dirname, 'session', 'migrations'), keyring: true },
];

/**
 * Brings the database to what this code expects.
 *
 * Errors  ConfigError where production meets a demonstration city
 */
export async function migratePlatform(about: { config: Config; masterKey: Uint8Array }): Promise<void> {
  if (about.config.production && (await isDemonstration(about.config.adminUrl)))
    throw new ConfigError('DATABASE_URL: holds a demonstration city, and anybody can make its passkeys');
  await migrate({
    adminUrl: about.config.adminUrl,
    masterKey: about.masterKey,
    rooms: [...MIGRATIONS],
  });
}
