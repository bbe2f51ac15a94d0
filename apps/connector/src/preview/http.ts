import { everyone } from '@praya/kernel/http/policy';
import { answer } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { Type } from 'typebox';
import type { Connector } from '../connector.ts';
import { preview, SignIn } from './preview.ts';

const PreviewBody = Type.Object(
  {
    relay: Type.String({ minLength: 20, maxLength: 8000 }),
    subject: Type.String({ minLength: 20, maxLength: 8000 }),
    signIn: SignIn,
  },
  { additionalProperties: false },
);

/** `POST /praya/v1/previews`: her own data, sealed to her own browser. */
export function previewRoutes(app: Server, connector: Connector): void {
  app.post(
    '/praya/v1/previews',
    {
      config: { policy: everyone },
      schema: {
        tags: ['exchange'],
        summary: 'A preview for the person herself, relayed',
        body: PreviewBody,
        response: { 200: Type.Object({ response: Type.String(), payload: Type.String() }) },
      },
    },
    async (request, reply) => answer(reply, await preview(connector, request.body)),
  );
}
