import { Type } from 'typebox';
import type { Metrics } from '../metrics.ts';
import { everyone } from './policy.ts';
import type { Server, ServerOptions } from './server.ts';

/** What must hold before this process may take requests: name → a promise that fails where it does not. */
export type HealthChecks = Readonly<Record<string, () => Promise<unknown>>>;

const CHECK_TIMEOUT_MS = 2000;

const Health = Type.Object({
  status: Type.Union([Type.Literal('pass'), Type.Literal('fail')]),
  checks: Type.Optional(Type.Record(Type.String(), Type.String())),
});

/** `/health/live` answers while the process runs, `/health/ready` only while everything it leans on does. */
export function registerHealth(
  app: Pick<Server, 'get'>,
  options: Pick<ServerOptions, 'checks' | 'log'> & { readonly metrics: Metrics },
): void {
  const config = { policy: everyone, rateLimit: false } as const;
  app.get(
    '/health/live',
    { config, schema: { tags: ['operations'], response: { 200: Health } } },
    async () => ({
      status: 'pass' as const,
    }),
  );
  app.get(
    '/health/ready',
    { config, schema: { tags: ['operations'], response: { 200: Health, 503: Health } } },
    async (_request, reply) => {
      const checks = await runChecks(options.checks);
      const passes = Object.values(checks).every((state) => state === 'pass');
      return reply.code(passes ? 200 : 503).send({ status: passes ? 'pass' : 'fail', checks });
    },
  );
  app.get('/metrics', { config, schema: { hide: true } }, async (_request, reply) =>
    reply.type(options.metrics.registry.contentType).send(await options.metrics.registry.metrics()),
  );
}

async function runChecks(checks: HealthChecks): Promise<Record<string, string>> {
  const states = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await stateOf(check)] as const),
  );
  return Object.fromEntries(states);
}

async function stateOf(check: () => Promise<unknown>): Promise<string> {
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('late')), CHECK_TIMEOUT_MS).unref();
  });
  return Promise.race([check(), late]).then(
    () => 'pass',
    () => 'fail',
  );
}
