import type { PersonId } from '@praya/directory/contract';
import type { Principal } from '@praya/kernel/http/policy';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from './config.ts';
import type { Rooms } from './rooms.ts';
import { tokenOf } from './session/http.ts';
import type { Sessions } from './session/sessions.ts';

type Needs = {
  readonly config: Pick<Config, 'origin'>;
  readonly rooms: {
    readonly identity: Pick<Rooms['identity'], 'checkAccess'>;
    readonly directory: Pick<Rooms['directory'], 'officesOf'>;
  };
  readonly sessions: Pick<Sessions, 'find'>;
};

const ANONYMOUS: Principal = { kind: 'anonymous' };

/** Who is calling: a client by its DPoP-bound token, a person by the session cookie, or nobody we know. */
export function authentication({ config, rooms, sessions }: Needs) {
  const consentIds = new WeakMap<FastifyRequest, readonly string[]>();
  const client = async (request: FastifyRequest, reply: FastifyReply): Promise<Principal> => {
    const checked = await rooms.identity.checkAccess({
      method: request.method,
      url: `${config.origin}${request.url.split('?')[0] ?? ''}`,
      authorization: request.headers.authorization,
      proof: headerOf(request, 'dpop'),
    });
    reply.headers(checked.headers);
    if (!checked.result.ok) return ANONYMOUS;
    const grant = checked.result.value;
    consentIds.set(request, grant.consentIds);
    const { clientId, organisationId, program, scope } = grant;
    return { kind: 'client', clientId, organisationId, ...(program ? { scope } : {}) };
  };
  const person = async (request: FastifyRequest): Promise<Principal> => {
    const session = await sessions.find(tokenOf(request, config.origin));
    if (session === undefined) return ANONYMOUS;
    const offices = await rooms.directory.officesOf(session.personId as PersonId);
    return { kind: 'person', personId: session.personId, sessionId: session.id, offices };
  };
  return {
    authenticate: (request: FastifyRequest, reply: FastifyReply) =>
      /^DPoP /i.test(request.headers.authorization ?? '') ? client(request, reply) : person(request),
    consentIdsOf: (request: FastifyRequest) => consentIds.get(request) ?? [],
  };
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
