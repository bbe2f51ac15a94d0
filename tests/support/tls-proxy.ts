import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What stands before a process in production: it ends TLS and says what it saw. */
export type TlsProxy = AsyncDisposable & { readonly origin: string };

/** Listens on localhost with the certificate and passes everything on to a port, with the headers of deploy/nginx.conf. */
export async function startTlsProxy(about: {
  readonly certificate: string;
  readonly privateKey: string;
  /** the port of the process behind; asked at each request, since that one may start later */
  readonly to: () => number;
}): Promise<TlsProxy> {
  const server = createServer({ cert: about.certificate, key: about.privateKey }, (incoming, outgoing) => {
    const headers = {
      ...incoming.headers,
      'x-forwarded-for': incoming.socket.remoteAddress ?? '',
      'x-forwarded-proto': 'https',
    };
    const { method, url: path } = incoming;
    const onward = request({ host: 'localhost', port: about.to(), method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `https://localhost:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
