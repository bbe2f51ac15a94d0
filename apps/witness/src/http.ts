import { hash } from 'node:crypto';
import { everyone } from '@praya/kernel/http/policy';
import type { Server } from '@praya/kernel/http/server';
import { type Answer, addCheckpoint, type Witness } from './add-checkpoint.ts';
import type { Figures } from './figures.ts';
import { StateDamaged, StateUnavailable } from './state/state.ts';

/** The largest request: 63 lines of proof and a checkpoint, with room for ours to the longest note. */
export const BODY_LIMIT_BYTES = 64 * 1024;

const PLAIN = 'text/plain; charset=utf-8';
const SENTENCES: Readonly<Record<number, string>> = {
  413: 'The request is too large.',
  429: 'Too many requests. Ask again later.',
  503: 'Nothing can be kept at this moment, therefore nothing is cosigned. Ask again later.',
};

/** The routes of the protocol. Their answers are plain text, whatever happens. */
export async function witnessRoutes(server: Server, witness: Witness, figures: Figures): Promise<void> {
  await server.register(async (scope) => {
    // The specification names no type of the request's body.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.setErrorHandler((error, request, reply) => {
      const status = statusOf(error);
      if (status >= 500) request.log.error({ err: error }, 'fault');
      figures.failed(status);
      if (status === 429 || status === 503) reply.header('retry-after', '5');
      return reply
        .code(status)
        .type(PLAIN)
        .send(`${SENTENCES[status] ?? 'The request is not understood.'}\n`);
    });
    scope.post('/add-checkpoint', { config: { policy: everyone } }, async (request, reply) => {
      const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      const answer = addCheckpoint(witness, body);
      figures.answered(answer);
      tell(request.log, answer);
      return reply
        .code(answer.status)
        .header('content-type', answer.contentType)
        .send(Buffer.from(answer.body));
    });
    scope.get<{ Params: { log: string } }>(
      '/:log/checkpoint',
      { config: { policy: everyone } },
      async (request, reply) => {
        const record = witness.state.logs().find(({ origin }) => nameOf(origin) === request.params.log);
        if (typeof record?.note !== 'string')
          return reply.code(404).type(PLAIN).send('Nothing was cosigned of such a log.\n');
        return reply.type(PLAIN).header('access-control-allow-origin', '*').send(record.note);
      },
    );
  });
}

/** How a log is named in an address. Source: C2SP tlog-witness, editors' draft of 2026, “Monitoring”. */
function nameOf(origin: string): string {
  return hash('sha256', origin, 'hex');
}

// A log that signed what does not follow from what it signed before: the notes are the evidence.
function tell(log: Server['log'], answer: Answer): void {
  if (answer.why === 'fork') log.error({ ...answer.claim }, 'a log shows two trees of one size');
  if (answer.why === 'proof-wrong') log.warn({ ...answer.claim }, 'a signed checkpoint without a proof');
}

function statusOf(error: unknown): number {
  if (error instanceof StateUnavailable || error instanceof StateDamaged) return 503;
  if (!(error instanceof Error) || !('statusCode' in error)) return 500;
  return Number(error.statusCode);
}
