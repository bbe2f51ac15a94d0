import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeJourney, type Journey } from '../support/journey.ts';
import { newcomerOf } from '../support/journey-people.ts';
import {
  button,
  issueCodeAtCounter,
  lookUp,
  newPublicKey,
  openPortalAs,
  words,
} from '../support/journey-steps.ts';

type ListedKey = { readonly kid: string; readonly use: string; readonly revokedAt: string | null };

/** The bank's key of this name, as the signed trust list has it now. */
async function listedKey({ origin }: Journey, kid: string): Promise<ListedKey | undefined> {
  const jws = await (await fetch(`${origin}/directory/v1/trust-list`)).text();
  const list = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
    organisations: { kind: string; keys: ListedKey[] }[];
  };
  return list.organisations.find(({ kind }) => kind === 'bank')?.keys.find((key) => key.kid === kid);
}

async function openBankInDirectory(page: Page, journey: Journey, who: 'maker' | 'checker'): Promise<void> {
  await openPortalAs(page, journey, { who, path: '/directory' });
  await page.getByRole('link', { name: 'Lantern Bay Bank' }).click();
  await page.getByRole('heading', { level: 1, name: 'Lantern Bay Bank' }).waitFor();
}

async function openPendingChange(page: Page, { origin }: Journey) {
  await page.goto(`${origin}/directory/changes`);
  const change = page.getByRole('listitem').filter({ hasText: 'Add a key (rotation)' });
  await change.waitFor();
  return change;
}

/** The status of a POST that the page itself makes, past its own buttons. */
function statusOfPost(page: Page, path: string, body: object): Promise<number> {
  return page.evaluate(
    async ({ to, json }) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(to, { method: 'POST', headers, body: json })).status;
    },
    { to: path, json: JSON.stringify(body) },
  );
}

describeJourney('An officer', (journey) => {
  it('at the counter hears that a number is unknown, and gives a code for a known one', async () => {
    const page = await journey().open();
    await openPortalAs(page, journey(), { who: 'counter', path: '/counter' });
    const { identityNumber, dateOfBirth, name } = newcomerOf(journey().city);

    await lookUp(page, { identityNumber: '12345', dateOfBirth });
    await page.getByText('Type one or two letters, six digits and the check character.').waitFor();
    await lookUp(page, { identityNumber: 'QZ999999(9)', dateOfBirth });
    await page.getByText('The register has no such person').waitFor();
    await lookUp(page, { identityNumber, dateOfBirth: '1901-01-01' });
    await page.getByText('The register has no such person').waitFor();

    await lookUp(page, { identityNumber, dateOfBirth });
    await page.getByText('Compare with the card and the person').waitFor();
    expect(await words(page.locator('dl').first())).toContain(name.en);
    expect(await button(page, 'Issue a code').isDisabled()).toBe(true);
    await button(page, 'Start over').click();
    expect(await issueCodeAtCounter(page, { identityNumber, dateOfBirth })).toHaveLength(14);
    await button(page, 'Next person').click();
    expect(await page.getByLabel('Identity card number').inputValue()).toBe('');
  });

  it("proposes the bank's next key, cannot approve it herself, and another officer puts it on the list", async () => {
    const { open, origin } = journey();
    const maker = await open();
    await openBankInDirectory(maker, journey(), 'maker');
    await maker.getByLabel('Public key').fill(await newPublicKey('bank-sig-2'));
    await button(maker, 'Propose').click();
    await maker.getByText('Another officer finds it under “Pending changes”.').waitFor();

    const own = await openPendingChange(maker, journey());
    await own.getByText('You proposed this').waitFor();
    expect(await button(own, 'Approve').count()).toBe(0);
    const { items } = await maker.evaluate(async () => (await fetch('/api/directory/changes')).json());
    const decision = `/api/directory/changes/${items[0].id}/decision`;
    expect(await statusOfPost(maker, decision, { approve: true, reason: null })).toBe(403);
    expect(await listedKey(journey(), 'bank-sig-2')).toBeUndefined();

    const checker = await open();
    await openPortalAs(checker, journey(), { who: 'checker', path: '/directory' });
    await button(await openPendingChange(checker, journey()), 'Approve').click();
    await checker.getByText('Approved. It is in force.').waitFor();
    await expect
      .poll(() => listedKey(journey(), 'bank-sig-2'))
      .toMatchObject({ use: 'sig', revokedAt: null });

    await maker.goto(`${origin}/directory`);
    await maker.getByRole('link', { name: 'Lantern Bay Bank' }).click();
    await button(maker, 'Revoke the key bank-sig-2').click();
    await maker.getByRole('alertdialog').getByText('This takes effect at once and is final.').waitFor();
    await maker.getByRole('alertdialog').getByLabel('Reason').fill('Spoiled');
    await button(maker.getByRole('alertdialog'), 'Revoke').click();
    await maker.getByText(/^Revoked \d/).waitFor();
    expect((await listedKey(journey(), 'bank-sig-2'))?.revokedAt).toEqual(expect.any(String));
  });

  it.each([
    ['/counter', '/api/counter/register-key'],
    ['/directory', '/api/directory/organisations'],
    ['/directory/changes', '/api/directory/changes'],
  ])('is who %s is for: a resident is not let in', async (path, call) => {
    const page = await journey().open();
    await openPortalAs(page, journey(), { who: 1, path });
    await page.getByText('This page is for officers').waitFor();
    expect(await page.getByRole('textbox').count()).toBe(0);
    expect(await page.evaluate(async (to) => (await fetch(to)).status, call)).toBe(403);
  });
});
