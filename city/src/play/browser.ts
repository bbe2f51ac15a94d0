/** A browser without pages: it keeps cookies, follows redirects and says where it came from. */
export type Browser = {
  readonly origin: string;
  /** Follows redirects until an answer that is none, or until `stopAt` says so; answers where it is. */
  visit(url: string, stopAt?: (url: URL) => boolean): Promise<URL>;
  /** One JSON request to the origin; a problem answer is thrown as PlayError. */
  call<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>;
};

/** An answer that the play did not expect. */
export class PlayError extends Error {
  override name = 'PlayError';
  readonly status: number;
  readonly code: string;

  constructor(about: { url: string; status: number; code: string; text: string }) {
    super(`${about.url} answered ${about.status} ${about.code} ${about.text.slice(0, 300)}`);
    this.status = about.status;
    this.code = about.code;
  }
}

type Cookie = { readonly name: string; readonly value: string; readonly path: string };

const MOST_REDIRECTS = 20;

/** A browser that has never been anywhere. */
export function createBrowser(origin: string): Browser {
  const jar = new Map<string, Cookie>();
  const send = async (url: URL, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    const cookies = cookiesFor(jar, url);
    if (url.origin === origin && cookies !== '') headers.set('cookie', cookies);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    if (url.origin === origin) keep(jar, { url, lines: response.headers.getSetCookie() });
    return response;
  };
  return {
    origin,
    async visit(address, stopAt = () => false) {
      let url = new URL(address, origin);
      for (let hop = 0; hop < MOST_REDIRECTS && !stopAt(url); hop++) {
        const response = await send(url, { headers: { accept: 'text/html' } });
        const location = response.headers.get('location');
        await response.arrayBuffer();
        if (location === null) return settled(url, response);
        url = new URL(location, url);
      }
      return url;
    },
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const url = new URL(path, origin);
      const payload = body === undefined ? {} : { body: JSON.stringify(body) };
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const response = await send(url, {
        method,
        ...payload,
        headers: { accept: 'application/json', origin, ...type },
      });
      const text = await response.text();
      if (!response.ok) throw problemOf(url, { status: response.status, text });
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
  };
}

function settled(url: URL, response: Response): URL {
  if (response.status >= 400) throw problemOf(url, { status: response.status, text: '' });
  return url;
}

function problemOf(url: URL, answer: { status: number; text: string }): PlayError {
  let code = '';
  try {
    code = String(JSON.parse(answer.text).code ?? '');
  } catch {
    code = '';
  }
  return new PlayError({ url: url.href, code, ...answer });
}

function cookiesFor(jar: ReadonlyMap<string, Cookie>, url: URL): string {
  return [...jar.values()]
    .filter((cookie) => url.pathname === cookie.path || url.pathname.startsWith(withSlash(cookie.path)))
    .map((cookie) => `${cookie.name}=${cookie.value}`)
    .join('; ');
}

function keep(jar: Map<string, Cookie>, about: { url: URL; lines: readonly string[] }): void {
  for (const line of about.lines) {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const path = attributes.find((part) => /^path=/i.test(part))?.slice(5) ?? '/';
    const key = `${name};${path}`;
    const gone = value === '' || attributes.some((part) => /^max-age=0$/i.test(part));
    if (gone) jar.delete(key);
    else jar.set(key, { name, value, path });
  }
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
