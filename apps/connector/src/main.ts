import { createLog } from '@praya/kernel/log';
import { createConnectorApp } from './app.ts';
import { configPath, readConfig } from './config.ts';

const config = readConfig(configPath(process.argv[2], process.env));
const log = createLog({ service: `connector ${config.organisation}`, level: config.logLevel });
const app = await createConnectorApp(config, { log, now: () => new Date(), fetch });

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await app.stop();
  process.exit(0);
}

process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
// Who started us is gone: so are we.
process.on('disconnect', () => void stop());

await app.server.listen({ host: config.host, port: config.port });
app.declare();
log.info({ port: config.port, services: config.services.length }, 'listening');
