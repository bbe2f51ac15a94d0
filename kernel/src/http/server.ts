import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import type { TSchema } from 'typebox';
import type { Log } from '../log.ts';
import type { Messages } from '../messages.ts';
import type { Metrics } from '../metrics.ts';
import { redact } from '../personal.ts';
import type { Refusals } from '../result.ts';
import { parseBodiesStrictly } from './body.ts';
import { type HealthChecks, registerHealth } from './health.ts';
import { registerOpenApi } from './openapi.ts';
import type { Principal } from './policy.ts';
import { HTTP_REFUSALS, sendRefusal } from './problem.ts';
import { fieldErrors, validateBySchema } from './validation.ts';

/** What a server needs to know. Everything else is a plugin. */
export type ServerOptions = {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly messages: Messages;
  readonly refusals: Refusals;
  /** Scheme, host and port as browsers see it; unsafe requests with cookies must come from it. */
  readonly origin: string;
  readonly title: string;
  /** Says who calls; may add headers that go with the answer, such as the next DPoP nonce. */
  authenticate(request: FastifyRequest, reply: FastifyReply): Promise<Principal>;
  readonly checks: HealthChecks;
  readonly bodyLimitBytes?: number;
  readonly requestsPerMinute?: number;
  readonly trustProxy?: boolean;
};

/** The server that rooms hang their routes on. */
export type Server = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

const BODY_LIMIT_BYTES = 256 * 1024;
const LEVELS_WITH_BODIES = new Set(['debug', 'trace']);
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The HTTP floor that every room stands on: schemas in and out, problems, policies, headers, limits, ids.
 *
 * Errors  a route without `config.policy` does not register
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const log: FastifyBaseLogger = options.log;
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimitBytes ?? BODY_LIMIT_BYTES,
    // One hop, ours: what stands further left in X-Forwarded-For was written by the caller.
    trustProxy: options.trustProxy === true && ((_address: string, hop: number) => hop === 0),
    genReqId: () => randomUUID(),
    // An address that cannot be read reaches no route and no hook.
    frameworkErrors: (_error, request, reply) => {
      reply.header('x-request-id', request.id);
      sendRefusal(reply as unknown as FastifyReply, { code: 'request.malformed' });
    },
    requestTimeout: 30_000,
    // Else a head may take 60 s, and whoever is late is looked for only every 30 s.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
    routerOptions: { maxParamLength: 400 },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.decorate('messages', options.messages);
  app.decorate('refusals', { ...HTTP_REFUSALS, ...options.refusals });
  app.decorateRequest('principal');
  validateBySchema(app);
  parseBodiesStrictly(app);
  refuseRoutesWithoutPolicy(app);
  await app.register(cookie);
  await app.register(helmet, securityHeaders(options.origin));
  await app.register(rateLimit, {
    max: options.requestsPerMinute ?? 6000,
    timeWindow: 60_000,
    errorResponseBuilder: () => Object.assign(new Error('Too many requests'), { statusCode: 429 }),
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: options.title, version: '1' },
      servers: [{ url: options.origin }],
    },
  });
  guard(app, options);
  keepOutOfCaches(app);
  measure(app, options.metrics);
  logBodies(app);
  app.setErrorHandler(handleError);
  app.setNotFoundHandler((_request, reply) => sendRefusal(reply, { code: 'request.not-found' }));
  registerHealth(app, options);
  registerOpenApi(app);
  return app;
}

function refuseRoutesWithoutPolicy(app: Server): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.policy === undefined)
      throw new Error(`${String(route.method)} ${route.url} names no policy`);
    if (route.config.foreign === true) route.schema = { ...route.schema, hide: true };
  });
}

function guard(app: Server, options: ServerOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (request.is404) return;
    if (request.url.includes('%00')) return sendRefusal(reply, { code: 'request.malformed' });
    if (isCrossSite(request, options.origin)) return sendRefusal(reply, { code: 'request.cross-site' });
    request.principal = await options.authenticate(request, reply);
    const policy = request.routeOptions.config.policy;
    if (policy?.allows(request.principal) === true) return;
    const code = request.principal.kind === 'anonymous' ? 'request.not-signed-in' : 'request.not-allowed';
    return sendRefusal(reply, { code });
  });
}

// A browser sends cookies by itself; so an unsafe request that carries them must come from our own pages.
function isCrossSite(request: FastifyRequest, origin: string): boolean {
  if (SAFE_METHODS.has(request.method) || request.headers.cookie === undefined) return false;
  if (request.routeOptions.config.foreign === true) return false;
  return request.headers.origin !== origin && request.headers['sec-fetch-site'] !== 'same-origin';
}

// Most answers are about somebody; a browser or a proxy keeps only what its route says it may.
function keepOutOfCaches(app: Server): void {
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
}

// What came in, when somebody looks closely (level debug): as its schema allows it to be logged, and no more.
function logBodies(app: Server): void {
  app.addHook('preHandler', async (request) => {
    const schema = request.routeOptions.schema?.body;
    if (schema === undefined || !LEVELS_WITH_BODIES.has(request.log.level)) return;
    request.log.debug(
      { route: request.routeOptions.url, body: redact(schema as TSchema, request.body) },
      'body',
    );
  });
}

function measure(app: Server, metrics: Metrics): void {
  const seconds = metrics.histogram('praya_http_request_seconds', 'Duration of HTTP requests', [
    'method',
    'route',
    'status',
  ]);
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    seconds.observe(
      { method: request.method, route, status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
    request.log.info({
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
  });
}

function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.validation !== undefined) {
    const faults = fieldErrors(error.validation);
    return sendRefusal(reply, { code: 'request.invalid' }, faults);
  }
  const code =
    CODE_OF_ERROR[error.code] ?? CODE_OF_NAME[error.name] ?? CODE_OF_STATUS[error.statusCode ?? 500];
  if (code !== undefined) return sendRefusal(reply, { code });
  request.log.error({ err: error }, 'fault');
  return sendRefusal(reply, { code: 'request.fault' });
}

const CODE_OF_ERROR: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.unsupported-media-type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request.malformed',
  FST_ERR_CTP_INVALID_JSON_BODY: 'request.malformed',
};
const CODE_OF_NAME: Readonly<Record<string, string>> = {
  NotUtf8Error: 'request.not-utf8',
  NullCharacterError: 'request.malformed',
  SyntaxError: 'request.malformed',
};
const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'request.malformed',
  413: 'request.too-large',
  415: 'request.unsupported-media-type',
  429: 'request.too-many',
  503: 'request.unavailable',
};

function securityHeaders(origin: string) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    hsts: origin.startsWith('https:') ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    referrerPolicy: { policy: 'no-referrer' as const },
    crossOriginEmbedderPolicy: false,
  };
}
