import { clientOf, everyone, program } from '@praya/kernel/http/policy';
import { answer, Problem, sendRefusal } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { ok } from '@praya/kernel/result';
import { decodeBase64 } from '@praya/tlog/base64';
import { decodeEntries } from '@praya/tlog/entry-bundle';
import { Type } from 'typebox';
import {
  BATCH_MAX_BYTES,
  BATCH_MAX_ENTRIES,
  CheckpointView,
  ENTRY_MAX_BYTES,
  type Ledger,
  LogProof,
  LogView,
} from './contract.ts';

const PUBLIC = { config: { policy: everyone } } as const;
const TAGS = ['ledger'];

const FULL_FILE = 'public, max-age=31536000, immutable';
const PARTIAL_FILE = 'public, max-age=86400';
const RETRY_AFTER_SECONDS = '1';
const BODY_MAX_BYTES = Math.ceil(BATCH_MAX_BYTES * 1.5);

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Sizes = Type.Object({ from: Count, to: Count }, { additionalProperties: false });
const Consistency = Type.Object({ from: Count, to: Count, proof: Type.Array(Type.String()) });
const Shard = Type.Object({ tenant: Type.String({ maxLength: 40 }), shard: Type.String({ maxLength: 10 }) });
const Entries = Type.Object(
  {
    entries: Type.Array(
      Type.String({ maxLength: Math.ceil(ENTRY_MAX_BYTES / 3) * 4, description: 'base64' }),
      {
        minItems: 1,
        maxItems: BATCH_MAX_ENTRIES,
      },
    ),
  },
  { additionalProperties: false },
);
const Places = Type.Object({
  origin: Type.String(),
  indices: Type.Array(Count, { description: 'one for each entry, in the order given' }),
});

/** A log's files as everybody may read them (C2SP tlog-tiles), what the explorer shows, and the way in for programs. */
export function ledgerRoutes(app: Server, needs: { readonly ledger: Ledger; readonly host: string }): void {
  app.addContentTypeParser(
    'application/octet-stream',
    { parseAs: 'buffer', bodyLimit: BODY_MAX_BYTES },
    (_request, body, done) => done(null, body),
  );
  fileRoutes(app, needs);
  viewRoutes(app, needs);
  proofRoutes(app, needs);
  entryRoutes(app, needs);
}

type Reply = Parameters<typeof answer>[0];
type Needs = Parameters<typeof ledgerRoutes>[1];

function fileRoutes(app: Server, { ledger, host }: Needs): void {
  app.get(
    '/log/:tenant/:shard/checkpoint',
    {
      ...PUBLIC,
      schema: {
        tags: TAGS,
        summary: 'The latest checkpoint that enough witnesses have cosigned',
        params: Shard,
        produces: ['text/plain'],
      },
    },
    async (request, reply) => {
      const checkpoint = await ledger.checkpoint(originIn(host, request.params));
      if (!checkpoint.ok) return answer(reply, checkpoint);
      return reply
        .type('text/plain; charset=utf-8')
        .header('cache-control', 'no-cache')
        .header('access-control-allow-origin', '*')
        .send(checkpoint.value);
    },
  );
  app.get(
    '/log/:tenant/:shard/tile/*',
    {
      ...PUBLIC,
      schema: {
        tags: TAGS,
        summary: 'A tile of hashes or a bundle of entries',
        params: Type.Intersect([Shard, Type.Object({ '*': Type.String() })]),
        produces: ['application/octet-stream'],
      },
    },
    async (request, reply) => {
      const { tenant, shard } = request.params;
      // The path as it was sent: an escaped or dotted spelling of a tile is another name, and there is no such file.
      const [path = ''] = request.url.split('?');
      const prefix = `/log/${tenant}/${shard}/`;
      if (!path.startsWith(prefix)) return sendRefusal(reply, { code: 'ledger.tile-unknown' });
      const file = await ledger.file(originIn(host, request.params), path.slice(prefix.length));
      if (!file.ok) return answer(reply, file);
      return reply
        .type('application/octet-stream')
        .header('cache-control', file.value.full ? FULL_FILE : PARTIAL_FILE)
        .header('access-control-allow-origin', '*')
        .send(file.value.bytes);
    },
  );
}

function viewRoutes(app: Server, { ledger, host }: Needs): void {
  app.get(
    '/ledger/v1/logs',
    {
      ...PUBLIC,
      schema: {
        tags: TAGS,
        summary: 'Every log and its shards, with its witnesses',
        response: { 200: Type.Object({ items: Type.Array(LogView) }) },
      },
    },
    async () => ({ items: [...(await ledger.logs())] }),
  );
  app.get(
    '/ledger/v1/log-keys',
    {
      ...PUBLIC,
      schema: { tags: TAGS, summary: 'The verifier key of every log, one a line', produces: ['text/plain'] },
    },
    async (_request, reply) => {
      const { logs } = await ledger.identities();
      return reply.type('text/plain; charset=utf-8').send(logs.map(({ vkey }) => `${vkey}\n`).join(''));
    },
  );
  app.get(
    '/ledger/v1/logs/:tenant/:shard/checkpoints',
    {
      ...PUBLIC,
      schema: {
        tags: TAGS,
        summary: 'Published checkpoints, the newest first',
        params: Shard,
        querystring: Type.Object(
          {
            before: Type.Optional(Count),
            limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            items: Type.Array(CheckpointView),
            next: Type.Union([Count, Type.Null()], { description: 'the next `before`' }),
          }),
          404: Problem,
        },
      },
    },
    async (request, reply) => {
      const { before, limit } = request.query;
      const page = before === undefined ? { limit } : { before, limit };
      const found = await ledger.checkpoints(originIn(host, request.params), page);
      if (!found.ok) return answer(reply, found);
      const items = [...found.value];
      const next = items.length < limit ? null : (items.at(-1)?.size ?? null);
      return reply.send({ items, next });
    },
  );
}

function proofRoutes(app: Server, { ledger, host }: Needs): void {
  app.get(
    '/ledger/v1/logs/:tenant/:shard/proofs/:index',
    {
      ...PUBLIC,
      schema: {
        tags: TAGS,
        summary: 'The proof that an entry is in the tree of a published size, by default the latest',
        params: Type.Intersect([Shard, Type.Object({ index: Count })]),
        querystring: Type.Object({ size: Type.Optional(Count) }, { additionalProperties: false }),
        response: { 200: LogProof, 400: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const place = { origin: originIn(host, request.params), index: request.params.index };
      return answer(reply, await ledger.proofOf(place, request.query.size));
    },
  );
  app.get(
    '/ledger/v1/logs/:tenant/:shard/consistency',
    {
      ...PUBLIC,
      schema: {
        tags: TAGS,
        summary: 'The proof that a later tree only adds to an earlier one',
        params: Shard,
        querystring: Sizes,
        response: { 200: Consistency, 400: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const { from, to } = request.query;
      const proof = await ledger.consistency(originIn(host, request.params), { from, to });
      return answer(reply, proof.ok ? ok({ from, to, proof: [...proof.value] }) : proof);
    },
  );
}

function entryRoutes(app: Server, { ledger }: Needs): void {
  app.post(
    '/ledger/v1/logs/:tenant/entries',
    {
      config: { policy: program('notary') },
      bodyLimit: BODY_MAX_BYTES,
      schema: {
        tags: TAGS,
        summary: 'Appends entries to the log of the calling organisation, all or none',
        description:
          'The body is an entry bundle as C2SP tlog-tiles writes it (application/octet-stream), or JSON. The answer comes when all entries are durable and have their places. 429 and 503 say when to come back; the same entries may then be sent again.',
        consumes: ['application/octet-stream', 'application/json'],
        params: Type.Object({ tenant: Type.String({ maxLength: 40 }) }),
        body: {
          content: {
            'application/json': { schema: Entries },
            'application/octet-stream': { schema: Type.Unknown() },
          },
        },
        response: { 200: Places, 400: Problem, 403: Problem, 404: Problem, 429: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { tenant } = request.params;
      const owner = await ledger.ownerOf(tenant);
      if (!owner.ok) return answer(reply, owner);
      if (owner.value !== clientOf(request).organisationId)
        return sendRefusal(reply, { code: 'request.not-allowed' });
      const entries = entriesIn(request.body);
      if (entries === null) return sendRefusal(reply, { code: 'ledger.entries-malformed' });
      const placed = await ledger.sequence(entries, tenant);
      if (!placed.ok) return answer(withRetryAfter(reply, placed.refusal.code), placed);
      return reply.send({
        origin: placed.value[0]?.origin ?? '',
        indices: placed.value.map(({ index }) => index),
      });
    },
  );
}

function entriesIn(body: unknown): readonly Uint8Array[] | null {
  if (Buffer.isBuffer(body)) {
    const read = decodeEntries(body, BATCH_MAX_ENTRIES);
    return read.ok ? read.value : null;
  }
  if (typeof body !== 'object' || body === null || !('entries' in body) || !Array.isArray(body.entries))
    return null;
  const entries = body.entries.map((entry) => (typeof entry === 'string' ? decodeBase64(entry) : null));
  return entries.every((entry) => entry !== null) ? entries : null;
}

function withRetryAfter(reply: Reply, code: string): Reply {
  const later = code === 'ledger.busy' || code === 'ledger.unavailable';
  return later ? reply.header('retry-after', RETRY_AFTER_SECONDS) : reply;
}

function originIn(host: string, { tenant, shard }: { tenant: string; shard: string }): string {
  return `${host}/log/${tenant}/${shard}`;
}
