import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { WitnessDouble } from './witness-double.ts';

/** Does with a request what a test wants done; the body is read already. */
export type Behaviour = (body: string, response: ServerResponse) => void | Promise<void>;

/** A witness on a port of its own, that can be made to misbehave, closed and opened again. */
export type WitnessServer = AsyncDisposable & {
  readonly url: string;
  /** null: as a witness does */
  behaviour: Behaviour | null;
  open(): Promise<void>;
  close(): Promise<void>;
};

export async function serveWitness(witness: WitnessDouble, port: number): Promise<WitnessServer> {
  let server: Server | null = null;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    if (it.behaviour !== null) return it.behaviour(body, response);
    const { status, body: given, type = 'text/plain' } = witness.addCheckpoint(body);
    response.writeHead(status, { 'content-type': type }).end(given);
  };
  const close = async () => {
    const closing = server;
    server = null;
    if (closing === null) return;
    closing.close();
    closing.closeAllConnections();
    await once(closing, 'close');
  };
  const it: WitnessServer = {
    url: `http://127.0.0.1:${port}/`,
    behaviour: null,
    open: async () => {
      server = createServer((request, response) => {
        answer(request, response).catch(() => response.destroy());
      });
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  await it.open();
  return it;
}
