import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import type { BrowserContext, Route } from 'playwright-core';
import { answerCall } from './pretended-city/answers.ts';
import type { City } from './pretended-city/city.ts';
import { ORIGIN } from './pretended-city/parties.ts';

const PORTAL = resolve(import.meta.dirname, '../../apps/portal');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

// the policy of kernel/src/http/server.ts, so that a page which needs more than it breaks here
const POLICY =
  "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';connect-src 'self';manifest-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'";

/** Builds the portal as it stands into a directory of its own. The caller removes it. */
export function buildPortal(): string {
  const directory = mkdtempSync(join(tmpdir(), 'praya-portal-'));
  const vite = resolve(import.meta.dirname, '../../node_modules/.bin/vite');
  const { status, stderr } = spawnSync(
    vite,
    ['build', '--logLevel', 'error', '--emptyOutDir', '--outDir', directory],
    { cwd: PORTAL, encoding: 'utf8', env: { ...process.env, NODE_ENV: 'production' } },
  );
  if (status !== 0) throw new Error(`The portal does not build:\n${stderr}`);
  return directory;
}

/** Answers every request of a browser session from a built portal and a pretended city; nothing leaves the machine. */
export async function servePortal(
  context: BrowserContext,
  from: { readonly dist: string; readonly city: City },
): Promise<void> {
  await context.route(`${ORIGIN}/**`, (route) => answer(route, from));
}

async function answer(route: Route, { dist, city }: { dist: string; city: City }): Promise<void> {
  const request = route.request();
  const url = new URL(request.url());
  const asset = join(dist, url.pathname);
  if (url.pathname.startsWith('/assets/') && existsSync(asset)) return sendFile(route, asset);
  if (request.resourceType() === 'document') return sendFile(route, join(dist, 'index.html'));
  const text = request.postData();
  const isJson = text?.startsWith('{') === true;
  const body = isJson ? (JSON.parse(text ?? '') as Record<string, unknown>) : {};
  const sent = text === null ? {} : { text };
  const call = { method: request.method(), path: url.pathname, query: url.searchParams, body, ...sent };
  const given = await answerCall(city, call);
  if (given.bytes !== undefined) {
    return route.fulfill({
      status: given.status,
      contentType: 'application/octet-stream',
      body: Buffer.from(given.bytes),
    });
  }
  const good = given.text === undefined ? 'application/json' : 'text/plain';
  return route.fulfill({
    status: given.status,
    contentType: given.status >= 400 ? 'application/problem+json' : good,
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
