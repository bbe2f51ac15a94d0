import { everyone } from '@praya/kernel/http/policy';
import { sendRefusal } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { Type } from 'typebox';
import type { Connector } from '../connector.ts';
import { hearEvent } from './events.ts';

/** `POST /praya/v1/events`: push delivery of security events. Source: RFC 8935 §2 */
export function eventRoutes(app: Server, connector: Connector): void {
  app.post(
    '/praya/v1/events',
    {
      config: { policy: everyone },
      schema: {
        tags: ['events'],
        summary: 'What became of a consent',
        body: Type.String({ minLength: 20, maxLength: 8000 }),
      },
    },
    async (request, reply) => {
      const heard = await hearEvent(connector, request.body);
      return heard.ok ? reply.code(202).send() : sendRefusal(reply, heard.refusal);
    },
  );
}
