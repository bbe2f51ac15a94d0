import { createLog } from '@praya/kernel/log';
import type { FaultPoint } from '../add-checkpoint.ts';
import { createWitnessApp } from '../app.ts';
import { readConfig } from '../config.ts';

// A witness that is killed at the given point of the given request, as by a power cut. It listens on any port
// that it is given: two of them may have one configuration.
const [configFile = '', port = '', point = '', request = ''] = process.argv.slice(2);
const config = readConfig(configFile);
let passed = 0;
const app = await createWitnessApp(config, {
  log: createLog({ service: 'witness', level: 'fatal' }),
  now: () => new Date(),
  fetch,
  faults: (at: FaultPoint) => {
    if (at !== point) return;
    passed += 1;
    if (passed === Number(request)) process.kill(process.pid, 'SIGKILL');
  },
});
process.once('disconnect', () => process.exit(0));
await app.server.listen({ host: 'localhost', port: Number(port) });
process.send?.('listening');
