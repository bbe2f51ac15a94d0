import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser } from '../support/journey.ts';
import { LANGUAGES } from '../support/looking.ts';
import { type Look, usePretendedPortal } from '../support/pretended-portal.ts';

const LOG = '/explorer/evidence/2026h2';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const failing = (page: Page) => page.getByRole('listitem').filter({ hasText: 'does not hold' });

describeInBrowser('The explorer', () => {
  const open = usePretendedPortal();

  it.each(LANGUAGES)(
    'is sound in %s at both widths: the logs, the table, a walk and its end',
    async (language) => {
      const { page, t, go, isSound } = await open({ language, state: { signedIn: false } });
      await go('/explorer');
      await isSound('the explorer');
      await page.getByText(t('explorer.asTable')).click();
      await page.locator('summary').nth(1).click();
      await isSound('the explorer, everything open');
      await go(`${LOG}/proof/437`);
      await button(page, t('walk.next')).click();
      await isSound('a walk under way');
      await button(page, t('walk.all')).click();
      await page.getByText(t('walk.holds'), { exact: true }).waitFor();
      await page.getByText(t('walk.inFull')).click();
      await isSound('a walk at its end');
    },
    120_000,
  );

  it('shows sizes, what waits, the quorum, and which witness lags or is in trouble', async () => {
    const { page, go, isSound } = await open({ state: { witnessTrouble: 'timeout', signedIn: false } });
    await go(LOG);
    const witnesses = page.getByRole('list', { name: 'Witnesses' }).getByRole('listitem');
    await page.getByText('2 of 3 must confirm').waitFor();
    expect(await witnesses.allTextContents()).toEqual([
      expect.stringMatching(/witness-1\.exampleUp to date/),
      expect.stringMatching(/witness-2\.example40 entries behind/),
      expect.stringMatching(/witness-3\.exampleIn trouble.*timeout/),
    ]);
    expect(await page.locator('dl').first().textContent()).toMatch(
      /Published entries700Waiting to be published3/,
    );
    await isSound('a witness in trouble');
  });

  it('pages through the checkpoints, and tells the growth as a table', async () => {
    const { page, go } = await open();
    await go(LOG);
    const checkpoints = page.getByRole('list', { name: 'Published checkpoints' }).getByRole('listitem');
    expect(await checkpoints.count()).toBe(10);
    await button(page, 'Load more').click();
    await expect.poll(() => checkpoints.count()).toBe(20);
    await page.getByText('Read it as a table').click();
    const rows = page.getByRole('table', { name: 'Growth' }).getByRole('row');
    expect(await rows.count()).toBe(26);
    expect(await rows.nth(1).textContent()).toMatch(/700$/);
  });

  it('says so when there is no log, when one is halted, and when there is no such log', async () => {
    const { page, city, go, isSound } = await open({ state: { halted: 'notary' } });
    await go('/explorer/notary/2026h2');
    await page.getByText('This log takes no new entries').waitFor();
    await isSound('a halted log');
    await go('/explorer/rates/2026h2');
    await page.getByText('The witnesses confirm with the first entry.').waitFor();
    await isSound('an empty log');
    await go('/explorer/nobody/2026h2');
    await page.getByText('There is no page here').waitFor();
    city.state.noLogs = true;
    await go('/explorer');
    await page.getByText('There is no log yet.').waitFor();
    await isSound('no log');
  });

  it('asks for a number that the log holds', async () => {
    const { page, go, isSound } = await open();
    await go(LOG);
    await page.getByLabel('Number of the entry').fill('700');
    await button(page, 'Walk').click();
    await page.getByText('Type a whole number from 0 to 699.').waitFor();
    await isSound('a number past the end');
    await page.getByLabel('Number of the entry').fill('699');
    await button(page, 'Walk').click();
    await page.getByRole('heading', { name: 'Proof of entry 699' }).waitFor();
  });
});

describeInBrowser('The walk of a proof', () => {
  const open = usePretendedPortal();

  it('goes step by step with the keyboard alone, and every step is said', async () => {
    const { page, go } = await open();
    await go(`${LOG}/proof/437`);
    await button(page, 'Next step').focus();
    const here = page.locator('[aria-current=step]');
    expect(await here.textContent()).toMatch(/^Step 1/);
    for (let step = 1; step < 10; step += 1) {
      await page.keyboard.press('Enter');
      await page.getByText(`${step} of 10 steps`).waitFor();
      expect(await here.textContent()).toMatch(new RegExp(`^Step ${step + 1} `));
    }
    expect(await page.getByText('The entry is on the log', { exact: true }).count()).toBe(0);
    await page.keyboard.press('Enter');
    await page.getByText('The entry is on the log', { exact: true }).waitFor();
    await page.getByText('All 10 steps taken').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('The comparison');
    await button(page, 'Back').focus();
    await page.keyboard.press('Enter');
    await page.getByText('9 of 10 steps').waitFor();
  });

  it('ends with the root that the log signed, computed here, and with each witness', async () => {
    const { page, city, go } = await open();
    await go(`${LOG}/proof/0`);
    await button(page, 'All steps').click();
    await page.getByText('The entry is on the log', { exact: true }).waitFor();
    const root = Buffer.from(city.logs[0]?.rootAt(700) ?? []).toString('hex');
    expect(await page.getByRole('region', { name: 'The comparison' }).getByText(root).count()).toBe(2);
    expect(await page.getByText(/^Confirmed /).count()).toBe(3);
    expect(await failing(page).count()).toBe(0);
  });

  it.each([
    ['a log of one entry', '/explorer/evidence/2026h1/proof/0'],
    ['the last entry of a log', `${LOG}/proof/699`],
  ])('holds for %s', async (_name, path) => {
    const { page, go } = await open();
    await go(path);
    for (const all of await button(page, 'All steps').all()) await all.click();
    await page.getByText('The entry is on the log', { exact: true }).waitFor();
    expect(await failing(page).count()).toBe(0);
  });

  it('names the comparison that fails: another sibling, too few witnesses', async () => {
    const forged = await open({ state: { forgeProofs: true } });
    await endOf(forged);
    expect(await failing(forged.page).allTextContents()).toEqual([
      expect.stringMatching(/^The computed root is the signed one does not hold.*merkle\.root-mismatch/),
    ]);
    await forged.isSound('a forged proof');
    const alone = await open({ state: { cosignersMissing: 2 } });
    await endOf(alone);
    expect(await failing(alone.page).allTextContents()).toEqual([
      expect.stringMatching(/^Enough witnesses confirm the log's state does not hold/),
    ]);
    expect(await alone.page.getByText('Not on this checkpoint').count()).toBe(2);
  });

  it('says that an entry is not there yet, and that an address is none', async () => {
    const { page, go, isSound } = await open();
    await go(`${LOG}/proof/7000`);
    await page.getByRole('alert').waitFor();
    await isSound('an entry that is not there');
    await go(`${LOG}/proof/-1`);
    await page.getByText('There is no page here').waitFor();
  });
});

async function endOf({ page, go }: Look): Promise<void> {
  await go(`${LOG}/proof/437`);
  await button(page, 'All steps').click();
  await page.getByText('This does not prove the entry').waitFor();
}
