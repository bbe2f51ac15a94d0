import { existsSync, readFileSync } from 'node:fs';
import { Agent, request as send } from 'node:http';
import { join } from 'node:path';
import type { Scene } from './scene.ts';

/** What one request over a connection of its own came to. */
export type Answered = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

/** A request over a new connection: the platform's primary gives each to the next worker. */
export function overNewConnection(
  url: string,
  about: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
  } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = about;
    const agent = new Agent({ keepAlive: false });
    const request = send(url, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A form over a new connection. */
export function postForm(
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  return overNewConnection(url, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    body: new URLSearchParams(form).toString(),
  });
}

/** What the platform's workers wrote of the requests they answered. Needs PRAYA_LOG_LEVEL=info. */
export function answeredBy(
  { city }: Pick<Scene, 'city'>,
  about: { readonly route: string; readonly status?: number },
): number[] {
  const file = join(city.dataDirectory, 'logs', 'platform.log');
  if (!existsSync(file)) return [];
  const pids = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line): { pid: number; route?: string; status?: number } => JSON.parse(line))
    .filter(({ route }) => route === about.route)
    .filter(({ status }) => about.status === undefined || status === about.status)
    .map(({ pid }) => pid);
  return [...new Set(pids)];
}
