// The baseline: a relay that forwards a body and its answer without a single check, and a source that answers at once.
// Run as a child: bare-relay.ts relay PORT SOURCE_PORT | bare-relay.ts source PORT; the answer comes over IPC.
import { createServer, request } from 'node:http';

const [role, port, sourcePort] = process.argv.slice(2);
let answer = Buffer.alloc(0);

process.on('message', (message: { answer?: string }) => {
  answer = Buffer.from(message.answer ?? '');
  process.send?.('ready');
});
process.once('disconnect', () => process.exit());

const server = role === 'relay' ? relay(Number(sourcePort)) : source();
server.listen(Number(port), 'localhost', () => process.send?.('listening'));

function source() {
  return createServer((incoming, outgoing) => {
    incoming.resume();
    incoming.once('end', () => outgoing.setHeader('content-type', 'application/json').end(answer));
  });
}

function relay(to: number) {
  return createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const onward = request({ host: 'localhost', port: to, method, path: url, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    onward.once('error', () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  });
}
