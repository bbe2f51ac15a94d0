import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '@praya/kernel/config';
import { endWith } from '@praya/kernel/lifeline';
import { createLog } from '@praya/kernel/log';
import { createWitnessApp } from './app.ts';
import { readConfig } from './config.ts';
import { StateDamaged } from './state/state.ts';

const { values } = parseArgs({ options: { config: { type: 'string' } } });
const file = values.config ?? process.env['PRAYA_WITNESS_CONFIG'];

try {
  if (file === undefined || file === '')
    throw new ConfigError('Name the configuration file: --config, or PRAYA_WITNESS_CONFIG');
  await run(resolve(file));
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof StateDamaged)) throw error;
  console.error(error.message);
  process.exit(1);
}

async function run(file: string): Promise<void> {
  const config = readConfig(file);
  const log = createLog({ service: `witness ${config.name}`, level: config.logLevel });
  const app = await createWitnessApp(config, { log, now: () => new Date(), fetch });
  endWith(app.stop);
  await app.server.listen({ host: config.listen.host, port: config.listen.port });
  log.info({ port: config.listen.port, logs: app.state.logs().length }, 'listening');
}
