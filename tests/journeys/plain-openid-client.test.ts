import { join } from 'node:path';
import { bankFiles } from '@praya/city/play/city-process';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { signInWithPlainClient } from '../../examples/bank/src/plain-openid-client.ts';
import { describeJourney, type Journey } from '../support/journey.ts';
import { demonstrationName } from '../support/journey-people.ts';
import { signInAs } from '../support/journey-steps.ts';
import { importsOf } from '../support/source-tree.ts';

/** Follows the address that a client gives, signs in, and answers where the browser was sent with the answer. */
async function comeBack(page: Page, journey: Journey, url: URL): Promise<URL> {
  await page.route(`${journey.bankOrigin}/callback*`, (route) => route.fulfill({ body: 'Signed in.' }));
  await page.goto(url.href);
  await signInAs(page, await demonstrationName(journey.origin, 4));
  await page.waitForURL(`${journey.bankOrigin}/callback*`);
  return new URL(page.url());
}

async function signIn(journey: Journey): Promise<string> {
  const { clientId, issuer, redirectUri, keys } = bankFiles(journey.city.dataDirectory);
  const page = await journey.open();
  return signInWithPlainClient({
    clientId,
    issuer,
    redirectUri,
    signingKey: keys.signing,
    openBrowser: (url) => comeBack(page, journey, url),
  });
}

describeJourney('An unmodified openid-client', (journey) => {
  it('signs a resident in, and knows her again by the same subject, which is not her number', async () => {
    const subject = await signIn(journey());
    expect(subject.length).toBeGreaterThan(20);
    expect(subject).not.toMatch(/^per_/);
    expect(await signIn(journey())).toBe(subject);
  });

  it('needs no line of our code', () => {
    const imported = importsOf(join('examples', 'bank', 'src', 'plain-openid-client.ts')).map(({ to }) => to);
    expect(imported.length).toBeGreaterThan(2);
    expect(imported.filter((to) => to.startsWith('@praya/') || to.startsWith('.'))).toEqual([]);
  });
});
