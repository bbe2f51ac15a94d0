import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@praya/kernel/embedded-postgres';
import { erasePostgres } from '@praya/kernel/embedded-postgres/data-directory';
import { ensureDatabase } from '@praya/kernel/migrate';

/** A folder and an embedded PostgreSQL for one run; nothing of either is left. */
export type BenchStore = AsyncDisposable & {
  readonly directory: string;
  /** The administrator's address of a new database of this name. */
  database(name: string): Promise<string>;
};

/** Starts them, on the disk of the temporary folder. */
export async function openStore(): Promise<BenchStore> {
  const directory = mkdtempSync(join(tmpdir(), 'praya-bench-'));
  chmodSync(directory, 0o755);
  const postgres = await startPostgres({ directory: join(directory, 'postgres') });
  return {
    directory,
    database: (name) => ensureDatabase(postgres.adminUrl, name),
    [Symbol.asyncDispose]: async () => {
      await postgres.stop();
      erasePostgres(join(directory, 'postgres'));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
