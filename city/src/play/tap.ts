import { connect, createServer, type Server, type Socket } from 'node:net';

/** A wire between the platform and a connector that keeps a copy of everything that crosses it. */
export type Tap = AsyncDisposable & { recorded(): Buffer };

/** Listens on one port and passes everything on to another, both ways. */
export async function tapWire(about: { readonly listen: number; readonly forward: number }): Promise<Tap> {
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(about.forward, 'localhost');
    join(near, far, chunks);
    join(far, near, chunks);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
  });
  await new Promise<void>((resolve) => server.listen(about.listen, 'localhost', resolve));
  return {
    recorded: () => Buffer.concat(chunks),
    [Symbol.asyncDispose]: () => closeAll(server, sockets),
  };
}

function join(from: Socket, to: Socket, chunks: Buffer[]): void {
  from.on('data', (chunk: Buffer) => chunks.push(chunk));
  from.pipe(to);
  from.on('error', () => to.destroy());
}

function closeAll(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}
