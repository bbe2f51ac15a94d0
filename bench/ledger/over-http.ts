import { fork } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeEntries } from '@praya/tlog/entry-bundle';
import type { Appender } from './appender.ts';
import { ledgerDatabase } from './ours.ts';
import type { BenchStore } from './store.ts';

/** A server of ours in a process of its own, and a client that keeps its connections. */
export type OverHttp = Appender & {
  /** The monitoring prefix of the log: its checkpoint and its tiles are below. */
  readonly prefix: string;
};

const CONNECTIONS = 32;
const RETRY_MS = 20;

type Ready = { readonly port: number; readonly path: string };

/** Starts a server for the log of a tenant. */
export async function openOverHttp(store: BenchStore, tenant: string): Promise<OverHttp> {
  const child = fork(join(import.meta.dirname, 'server-process.ts'), [await ledgerDatabase(store), tenant], {
    execArgv: [],
  });
  const { port, path } = await new Promise<Ready>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Ready));
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}`)));
  });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const origin = `http://127.0.0.1:${port}`;
  const url = `${origin}/ledger/v1/logs/${tenant}/entries`;
  return {
    prefix: `${origin}${path}`,
    append: async (entries) => {
      const body = encodeEntries(entries);
      for (;;) {
        const { status, text } = await post(url, agent, body);
        if (status === 200 && JSON.parse(text).indices.length === entries.length) return;
        if (status !== 429) throw new Error(`${url} answered ${status} ${text.slice(0, 300)}`);
        await sleep(RETRY_MS);
      }
    },
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await ended;
    },
  };
}

function post(url: string, agent: Agent, body: Uint8Array): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': body.length };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
