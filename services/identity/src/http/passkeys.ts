import { person, personOf } from '@praya/kernel/http/policy';
import { answer } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { idSchema } from '@praya/kernel/id';
import { personal } from '@praya/kernel/personal';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  AssertionResponse,
  CredentialStatement,
  PasskeyView,
  type PersonId,
  RegistrationResponse,
} from '../contract.ts';
import type { Devices } from '../devices.ts';

const tags = ['my devices'];
const config = { policy: person };
const params = Type.Object({ id: idSchema('pky') });
const Name = personal(Type.String({ minLength: 1, maxLength: 60 }));
const Prepared = Type.Object({ statement: CredentialStatement, options: Type.Unknown() });
const Signed = { statement: CredentialStatement, assertion: AssertionResponse };

/** Her passkeys. */
export function passkeyRoutes(app: Server, { devices }: { readonly devices: Devices }): void {
  listRoutes(app, devices);
  additionRoutes(app, devices);
  removalRoutes(app, devices);
}

function listRoutes(app: Server, devices: Devices): void {
  const List = Type.Object({ items: Type.Array(PasskeyView) });
  app.get(
    '/api/passkeys',
    { config, schema: { tags, summary: 'My passkeys', response: { 200: List } } },
    async (request) => ({ items: await devices.list(her(request)) }),
  );
  const body = Type.Object({ name: Name });
  app.patch(
    '/api/passkeys/:id',
    { config, schema: { tags, summary: 'Rename a passkey', params, body, response: { 200: PasskeyView } } },
    async (request, reply) =>
      answer(reply, await devices.rename({ personId: her(request), id: request.params.id, ...request.body })),
  );
}

function additionRoutes(app: Server, devices: Devices): void {
  const Options = Type.Object({ options: Type.Unknown() });
  app.post(
    '/api/passkeys/options',
    { config, schema: { tags, summary: 'Options for another passkey', response: { 200: Options } } },
    async (request) => devices.options(her(request)),
  );
  const summary = 'The statement that a present passkey signs to add a new one';
  const New = Type.Object({ response: RegistrationResponse });
  app.post(
    '/api/passkeys/prepare',
    { config, schema: { tags, summary, body: New, response: { 200: Prepared } } },
    async (request, reply) =>
      answer(reply, await devices.prepareAddition({ personId: her(request), ...request.body })),
  );
  const body = Type.Object({ ...Signed, name: Name });
  app.post(
    '/api/passkeys',
    { config, schema: { tags, summary: 'Add a passkey', body, response: { 201: PasskeyView } } },
    async (request, reply) =>
      answer(reply, await devices.add({ personId: her(request), ...request.body }), 201),
  );
}

function removalRoutes(app: Server, devices: Devices): void {
  const summary = 'The statement that a passkey signs to remove one';
  app.post(
    '/api/passkeys/:id/removal/prepare',
    { config, schema: { tags, summary, params, response: { 200: Prepared } } },
    async (request, reply) =>
      answer(reply, await devices.prepareRemoval({ personId: her(request), id: request.params.id })),
  );
  const body = Type.Object(Signed);
  const response = { 204: Type.Null() };
  app.post(
    '/api/passkeys/:id/removal',
    { config, schema: { tags, summary: 'Remove a passkey', params, body, response } },
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
