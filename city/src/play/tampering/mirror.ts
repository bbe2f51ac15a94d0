import { createServer } from 'node:http';

/** A copy of a log's files that may lie. */
export type Mirror = AsyncDisposable & {
  readonly url: string;
  /** A file as it is. `path` below the monitoring prefix, `checkpoint` or `tile/…`. */
  read(path: string): Promise<Uint8Array>;
  /** From now on this is the file. */
  show(path: string, content: string | Uint8Array): void;
};

/** Passes everything on from a monitoring prefix. */
export async function startMirror(prefix: string): Promise<Mirror> {
  const shown = new Map<string, string | Uint8Array>();
  const read = async (path: string) => {
    const answer = await fetch(`${prefix}/${path}`);
    return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
  };
  const server = createServer(async (request, response) => {
    const path = request.url?.slice(1) ?? '';
    const lie = shown.get(path);
    if (lie !== undefined) return response.writeHead(200).end(lie);
    const { status, bytes } = await read(path).catch(() => ({ status: 502, bytes: new Uint8Array() }));
    return response.writeHead(status).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The mirror has no port');
  return {
    url: `http://localhost:${address.port}`,
    read: async (path) => (await read(path)).bytes,
    show: (path, content) => {
      shown.set(path, content);
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
