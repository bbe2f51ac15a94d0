import { endWith } from '@praya/kernel/lifeline';
import { createLog } from '@praya/kernel/log';
import { createBank } from './app.ts';
import { readConfig } from './config.ts';

const { config, keys } = readConfig(process.env);
const log = createLog({ service: 'bank' });
const app = await createBank({ config, keys, log });
endWith(() => app.close());
await app.listen({ host: config.host, port: config.port });
log.info({ origin: config.origin }, 'the bank is open');
