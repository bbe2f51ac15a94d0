import { everyone } from '@praya/kernel/http/policy';
import { answer, Problem } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { ok } from '@praya/kernel/result';
import { Type } from 'typebox';
import { type Ledger, LogProof } from './contract.ts';

const PUBLIC = { config: { policy: everyone } } as const;
const TAGS = ['ledger'];

const FULL_FILE = 'public, max-age=31536000, immutable';
const PARTIAL_FILE = 'public, max-age=86400';

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Sizes = Type.Object({ from: Count, to: Count }, { additionalProperties: false });
const Consistency = Type.Object({ from: Count, to: Count, proof: Type.Array(Type.String()) });

/** The log as everybody may read it: C2SP tlog-tiles under /log, proofs by index under /ledger. */
export function ledgerRoutes(app: Server, needs: { readonly ledger: Ledger }): void {
  logRoutes(app, needs.ledger);
  proofRoutes(app, needs.ledger);
}

function logRoutes(app: Server, ledger: Ledger): void {
  app.get(
    '/log/checkpoint',
    {
      ...PUBLIC,
      schema: { tags: TAGS, summary: 'The latest signed checkpoint', produces: ['text/plain'] },
    },
    async (_request, reply) => {
      const checkpoint = await ledger.checkpoint();
      return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(checkpoint);
    },
  );
  app.get(
    '/log/tile/*',
    {
      ...PUBLIC,
      schema: {
        tags: TAGS,
        summary: 'A tile of hashes or a bundle of entries',
        produces: ['application/octet-stream'],
      },
    },
    async (request, reply) => {
      // The path as it was sent: an escaped or dotted spelling of a tile is another name, and there is no such file.
      const [path = ''] = request.url.split('?');
      const file = await ledger.file(path.slice('/log/'.length));
      if (!file.ok) return answer(reply, file);
      return reply
        .type('application/octet-stream')
        .header('cache-control', file.value.full ? FULL_FILE : PARTIAL_FILE)
        .send(file.value.bytes);
    },
  );
}

function proofRoutes(app: Server, ledger: Ledger): void {
  app.get(
    '/ledger/v1/proofs/:index',
    {
      ...PUBLIC,
      schema: {
        tags: TAGS,
        summary: 'The proof that an entry is in the tree of a size, by default the latest',
        params: Type.Object({ index: Count }),
        querystring: Type.Object({ size: Type.Optional(Count) }, { additionalProperties: false }),
        response: { 200: LogProof, 400: Problem, 404: Problem },
      },
    },
    async (request, reply) => answer(reply, await ledger.proofOf(request.params.index, request.query.size)),
  );
  app.get(
    '/ledger/v1/consistency',
    {
      ...PUBLIC,
      schema: {
        tags: TAGS,
        summary: 'The proof that a later tree only adds to an earlier one',
        querystring: Sizes,
        response: { 200: Consistency, 400: Problem },
      },
    },
    async (request, reply) => {
      const { from, to } = request.query;
      const proof = await ledger.consistency({ from, to });
      return answer(reply, proof.ok ? ok({ from, to, proof: proof.value }) : proof);
    },
  );
}
