import { everyone } from '@praya/kernel/http/policy';
import { answer, Problem } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { ok } from '@praya/kernel/result';
import { Type } from 'typebox';
import { type Notary, PublicCheck } from '../contract.ts';
import { Digest } from '../records/contract.ts';
import { TAGS } from './caller.ts';

const CHECKS_PER_MINUTE = 120;
const CODE_LETTERS = 60;

/** What anybody may ask who holds a certificate or the file itself; so often from one address, and no more. */
export function checkRoutes(
  app: Server,
  about: { notary: Notary; checksPerMinute?: number | undefined },
): void {
  const { notary, checksPerMinute = CHECKS_PER_MINUTE } = about;
  const config = { policy: everyone, rateLimit: { max: checksPerMinute, timeWindow: 60_000 } };
  app.get(
    '/notary/v1/checks/:code',
    {
      config,
      schema: {
        tags: TAGS,
        summary: 'Check a record by the code in its QR',
        params: Type.Object({ code: Type.String({ maxLength: CODE_LETTERS }) }),
        response: { 200: PublicCheck, 404: Problem },
      },
    },
    async (request, reply) => answer(reply, await notary.check(request.params.code)),
  );
  app.get(
    '/notary/v1/checks',
    {
      config,
      schema: {
        tags: TAGS,
        summary: 'Check a file by its SHA-256',
        querystring: Type.Object({ digest: Digest }, { additionalProperties: false }),
        response: { 200: Type.Object({ items: Type.Array(PublicCheck) }) },
      },
    },
    async (request, reply) => {
      const items = await notary.checksOf(request.query.digest);
      return answer(reply, ok({ items: [...items] }));
    },
  );
}
