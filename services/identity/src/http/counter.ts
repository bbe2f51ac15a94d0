import type { Directory } from '@praya/directory/contract';
import type { Clock } from '@praya/kernel/clock';
import { officer, personOf } from '@praya/kernel/http/policy';
import { answer, sendRefusal } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { idSchema } from '@praya/kernel/id';
import { ok, refuse } from '@praya/kernel/result';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Registrar } from '../contract.ts';
import { keysInForce } from '../rules.ts';

type Needs = {
  readonly registrar: Pick<Registrar, 'lookup' | 'issueCode'>;
  readonly directory: Pick<Directory, 'registrar'>;
  readonly now: Clock;
};

const tags = ['counter'];
const ROLE = 'counter.registrar';
const config = { policy: officer(ROLE) };
const Sealed = Type.String({ maxLength: 20_000 });

/** The counter: an officer and the register of persons talk in sealed letters, and we carry them. */
export function counterRoutes(app: Server, { registrar, directory, now }: Needs): void {
  const preHandler = atTheRegister(directory);
  app.get(
    '/api/counter/register-key',
    {
      config,
      preHandler,
      schema: {
        tags,
        summary: 'The key to which an officer seals a query',
        response: { 200: Type.Object({ organisationId: Type.String(), jwk: Type.Unknown() }) },
      },
    },
    async (_request, reply) => {
      const register = await directory.registrar();
      if (!register.ok) return answer(reply, refuse('identity.registrar-unreachable'));
      const { id, keys } = register.value;
      const [key] = keysInForce(keys, { use: 'enc', at: now() });
      if (key === undefined) return answer(reply, refuse('identity.registrar-unreachable'));
      return answer(reply, ok({ organisationId: id, jwk: { ...key.jwk, kid: key.kid } }));
    },
  );
  app.post(
    '/api/counter/lookups',
    {
      config: { ...config, rateLimit: { max: 60, timeWindow: 60_000 } },
      preHandler,
      schema: {
        tags,
        summary: 'Look a person up',
        body: Type.Object({ query: Sealed }, { additionalProperties: false }),
        response: { 200: Type.Object({ lookup: Type.String(), answer: Sealed }) },
      },
    },
    async (request, reply) => answer(reply, await registrar.lookup(request.body)),
  );
  app.post(
    '/api/counter/enrolments',
    {
      config: { ...config, rateLimit: { max: 60, timeWindow: 60_000 } },
      preHandler,
      schema: {
        tags,
        summary: 'Issue an enrolment code',
        body: Type.Object({ lookup: idSchema('lkp') }, { additionalProperties: false }),
        response: {
          200: Type.Object({ enrolment: Type.String(), code: Sealed, expiresAt: Type.String() }),
        },
      },
    },
    async (request, reply) => answer(reply, await registrar.issueCode(request.body)),
  );
}

// The role counts in the organisation that keeps the register: a bank's officer has no business at its counter.
function atTheRegister(directory: Needs['directory']) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const register = await directory.registrar();
    if (!register.ok) return answer(reply, refuse('identity.registrar-unreachable'));
    const { id } = register.value;
    const here = personOf(request).offices.some(
      ({ organisationId, roles }) => organisationId === id && roles.includes(ROLE),
    );
    if (!here) return sendRefusal(reply, { code: 'request.not-allowed' });
  };
}
