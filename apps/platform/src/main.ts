import cluster from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWith } from '@praya/kernel/lifeline';
import { createLog } from '@praya/kernel/log';
import { readConfig, readSecrets } from './config.ts';
import { migratePlatform } from './migrations.ts';

const config = readConfig();

if (cluster.isPrimary) await runPrimary();
else await runWorker();

// The primary holds the port and keeps the workers running; it serves nothing itself.
async function runPrimary(): Promise<void> {
  const log = createLog({ service: 'platform', level: config.logLevel });
  const { masterKey } = readSecrets(config);
  await migratePlatform({ config, masterKey });
  let ending = false;
  cluster.on('exit', async (worker, code, signal) => {
    if (ending) return;
    log.error({ worker: worker.process.pid, code, signal }, 'a worker ended');
    await sleep(500);
    if (!ending) cluster.fork();
  });
  for (let count = 0; count < config.workers; count++) cluster.fork();
  endWith(async () => {
    ending = true;
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    const gone = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    for (const worker of workers) worker.process.kill('SIGTERM');
    await Promise.all(gone);
  });
}

async function runWorker(): Promise<void> {
  // Loaded here, so that the primary stays small and is there at once.
  const { composePlatform } = await import('./compose.ts');
  const platform = await composePlatform(config, readSecrets(config));
  await platform.listen();
  endWith(platform.close);
}
