import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { erasePostgres } from '../../kernel/src/embedded-postgres/data-directory.ts';
import { startPostgres } from '../../kernel/src/embedded-postgres.ts';

/** One database cluster for all database tests; `PRAYA_TEST_DATABASE_URL` names one that runs already. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.PRAYA_TEST_DATABASE_URL !== undefined) return undefined;
  const home = await mkdtemp(join(tmpdir(), 'praya-test-'));
  await chmod(home, 0o755);
  const directory = join(home, 'postgres');
  const cluster = await startPostgres({ directory });
  process.env.PRAYA_TEST_DATABASE_URL = cluster.adminUrl;
  return async () => {
    delete process.env.PRAYA_TEST_DATABASE_URL;
    await cluster.stop();
    erasePostgres(directory);
    await rm(home, { recursive: true, force: true });
  };
}
