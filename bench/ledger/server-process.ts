// Serves one log over HTTP until its parent lets go: node server-process.ts <database> <tenant>
import { openDatabase } from '@praya/kernel/database';
import type { Principal } from '@praya/kernel/http/policy';
import { createServer } from '@praya/kernel/http/server';
import { createLog } from '@praya/kernel/log';
import { createMetrics } from '@praya/kernel/metrics';
import { REFUSALS } from '@praya/ledger/contract';
import { ledgerRoutes } from '@praya/ledger/http';
import { HOST, OWNER, runLedger } from './ours.ts';

const [databaseUrl = '', tenant = ''] = process.argv.slice(2);
// The floor and the routes of the platform. Who calls is taken for granted: no token is checked.
const CALLER: Principal = { kind: 'client', clientId: 'bench', organisationId: OWNER, scope: 'notary' };

const db = openDatabase(databaseUrl, { max: 10 });
const ledger = runLedger(db);
const opened = await ledger.open(tenant, OWNER);
if (!opened.ok) throw new Error(opened.refusal.code);
const server = await createServer({
  log: createLog({ service: 'bench', level: 'warn' }),
  metrics: createMetrics(),
  messages: { en: {}, 'zh-Hant': {}, 'zh-Hans': {} },
  refusals: REFUSALS,
  origin: `http://${HOST}`,
  title: 'Benchmark',
  authenticate: async () => CALLER,
  checks: {},
  requestsPerMinute: 1_000_000_000,
});
ledgerRoutes(server, { ledger, host: HOST });
await server.listen({ port: 0, host: '127.0.0.1' });
const address = server.server.address();
const port = typeof address === 'object' ? address?.port : undefined;
process.send?.({ port, path: opened.value.origin.slice(HOST.length) });
process.once('disconnect', async () => {
  await server.close();
  await ledger.stop();
  await db.end({ timeout: 1 });
});
