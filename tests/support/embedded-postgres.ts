import { pathToFileURL } from 'node:url';

// Runs a cluster in a process of its own, to be killed: node embedded-postgres.ts <directory> [module]
const [directory = '', module = ''] = process.argv.slice(2);
const address =
  module === '' ? new URL('../../kernel/src/embedded-postgres.ts', import.meta.url) : pathToFileURL(module);
const { startPostgres } = (await import(
  address.href
)) as typeof import('../../kernel/src/embedded-postgres.ts');
const log: string[] = [];
const { adminUrl, pid, stop } = await startPostgres({ directory, log: (message) => log.push(message) });
process.stdout.write(`${JSON.stringify({ adminUrl, pid, log })}\n`);
process.once('SIGTERM', () => stop().then(() => process.exit(0)));
setInterval(() => {}, 60_000);
