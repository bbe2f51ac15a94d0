import { person, personOf } from '@praya/kernel/http/policy';
import { answer } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { idSchema } from '@praya/kernel/id';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  AssertionResponse,
  CredentialStatement,
  PasskeyView,
  type PersonId,
  RegistrationResponse,
} from '../contract.ts';
import type { IdentityRoom } from '../service.ts';

const tags = ['my devices'];
const config = { policy: person };
const params = Type.Object({ id: idSchema('pky') });
const Name = Type.String({ minLength: 1, maxLength: 60 });
const Prepared = Type.Object({ statement: CredentialStatement, options: Type.Unknown() });
const Signed = { statement: CredentialStatement, assertion: AssertionResponse };

/** Her passkeys. */
export function passkeyRoutes(app: Server, { devices }: Pick<IdentityRoom, 'devices'>): void {
  app.get(
    '/api/passkeys',
    {
      config,
      schema: {
        tags,
        summary: 'My passkeys',
        response: { 200: Type.Object({ items: Type.Array(PasskeyView) }) },
      },
    },
    async (request) => ({ items: await devices.list(her(request)) }),
  );
  app.patch(
    '/api/passkeys/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Rename a passkey',
        params,
        body: Type.Object({ name: Name }),
        response: { 200: PasskeyView },
      },
    },
    async (request, reply) =>
      answer(reply, await devices.rename({ personId: her(request), id: request.params.id, ...request.body })),
  );
  app.post(
    '/api/passkeys/options',
    {
      config,
      schema: {
        tags,
        summary: 'Options for another passkey',
        response: { 200: Type.Object({ options: Type.Unknown() }) },
      },
    },
    async (request) => devices.options(her(request)),
  );
  app.post(
    '/api/passkeys/prepare',
    {
      config,
      schema: {
        tags,
        summary: 'The statement that a present passkey signs to add a new one',
        body: Type.Object({ response: RegistrationResponse }),
        response: { 200: Prepared },
      },
    },
    async (request, reply) =>
      answer(reply, await devices.prepareAddition({ personId: her(request), ...request.body })),
  );
  app.post(
    '/api/passkeys',
    {
      config,
      schema: {
        tags,
        summary: 'Add a passkey',
        body: Type.Object({ ...Signed, name: Name }),
        response: { 201: PasskeyView },
      },
    },
    async (request, reply) =>
      answer(reply, await devices.add({ personId: her(request), ...request.body }), 201),
  );
  app.post(
    '/api/passkeys/:id/removal/prepare',
    {
      config,
      schema: {
        tags,
        summary: 'The statement that a passkey signs to remove one',
        params,
        response: { 200: Prepared },
      },
    },
    async (request, reply) =>
      answer(reply, await devices.prepareRemoval({ personId: her(request), id: request.params.id })),
  );
  app.post(
    '/api/passkeys/:id/removal',
    {
      config,
      schema: {
        tags,
        summary: 'Remove a passkey',
        params,
        body: Type.Object(Signed),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const about = { personId: her(request), id: request.params.id, ...request.body };
      const removed = await devices.remove(about);
      return removed.ok ? reply.code(204).send(null) : answer(reply, removed);
    },
  );
}

function her(request: FastifyRequest): PersonId {
  return personOf(request).personId as PersonId;
}
