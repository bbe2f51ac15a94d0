import { existsSync, readFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { BrowserContext, Route } from 'playwright-core';
import { answerCall } from './pretended-city/answers.ts';
import type { City } from './pretended-city/city.ts';
import { ORIGIN } from './pretended-city/parties.ts';

const DIST = resolve(import.meta.dirname, '../../apps/portal/dist');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

// the policy of kernel/src/http/server.ts, so that a page which needs more than it breaks here
const POLICY =
  "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';connect-src 'self';manifest-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'";

/** Answers every request of a browser session from the built portal and a pretended city; nothing leaves the machine. */
export async function servePortal(context: BrowserContext, city: City): Promise<void> {
  await context.route(`${ORIGIN}/**`, (route) => answer(route, city));
}

async function answer(route: Route, city: City): Promise<void> {
  const request = route.request();
  const url = new URL(request.url());
  const asset = join(DIST, url.pathname);
  if (url.pathname.startsWith('/assets/') && existsSync(asset)) return sendFile(route, asset);
  if (request.resourceType() === 'document') return sendFile(route, join(DIST, 'index.html'));
  const text = request.postData();
  const body = text === null ? {} : (JSON.parse(text) as Record<string, unknown>);
  const given = await answerCall(city, {
    method: request.method(),
    path: url.pathname,
    query: url.searchParams,
    body,
  });
  return route.fulfill({
    status: given.status,
    contentType:
      given.status >= 400
        ? 'application/problem+json'
        : given.text === undefined
          ? 'application/json'
          : 'text/plain',
    body: given.text ?? (given.json === undefined ? '' : JSON.stringify(given.json)),
  });
}

function sendFile(route: Route, path: string): Promise<void> {
  return route.fulfill({
    headers: {
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
    },
    body: readFileSync(path),
  });
}
