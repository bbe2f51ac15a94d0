import { answer, Problem } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { type Notary, NotaryLog } from '../contract.ts';
import { actorOf, NOTARIES, Organisation, TAGS } from './caller.ts';

/** A log of an organisation's own. */
export function ownLogRoute(app: Server, notary: Notary): void {
  app.post(
    '/notary/v1/log',
    {
      ...NOTARIES,
      schema: {
        tags: TAGS,
        summary: 'Open a log for the organisation alone',
        querystring: Organisation,
        response: { 201: NotaryLog, 403: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      return answer(reply, actor.ok ? await notary.openLog(actor.value) : actor, 201);
    },
  );
}
