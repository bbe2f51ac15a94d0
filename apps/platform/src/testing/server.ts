import { join, resolve } from 'node:path';
import { REFUSALS as CONSENT } from '@praya/consent/contract';
import { REFUSALS as EXCHANGE } from '@praya/exchange/contract';
import { REFUSALS as IDENTITY } from '@praya/identity/contract';
import type { Principal } from '@praya/kernel/http/policy';
import { createServer, type Server, type ServerOptions } from '@praya/kernel/http/server';
import { silentLog } from '@praya/kernel/log';
import { loadMessages, messageDirectories } from '@praya/kernel/messages';
import { createMetrics } from '@praya/kernel/metrics';

const ROOT = resolve(import.meta.dirname, '..', '..', '..', '..');

/** An empty server with every sentence and every refusal of the house, for the tests of single routes. */
export function bareServer(
  about: { origin: string } & Partial<Pick<ServerOptions, 'authenticate'>>,
): Promise<Server> {
  const anonymous: Principal = { kind: 'anonymous' };
  return createServer({
    log: silentLog(),
    metrics: createMetrics(),
    messages: loadMessages([
      join(ROOT, 'kernel', 'src', 'messages'),
      ...messageDirectories(join(ROOT, 'services')),
    ]),
    refusals: { ...IDENTITY, ...CONSENT, ...EXCHANGE },
    title: 'Test',
    authenticate: async () => anonymous,
    checks: {},
    ...about,
  });
}
