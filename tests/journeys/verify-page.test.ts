import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Receipt } from '@praya/exchange/contract';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeJourney, type Journey } from '../support/journey.ts';
import { button, goToConsent, words } from '../support/journey-steps.ts';

/** A receipt as the bank hands it out. */
async function receiptFromBank(journey: Journey): Promise<Receipt> {
  const page = await journey.open();
  await goToConsent(page, journey, 0);
  await button(page, 'Agree').click();
  await page.waitForURL(`${journey.bankOrigin}/customers/me`);
  const link = page.getByRole('link', { name: /^Personal particulars, / }).first();
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  return JSON.parse(await readFile(await download.path(), 'utf8')) as Receipt;
}

/** The page for receipts, in a browser without an account that is cut off once the page is there. */
async function openCutOff({ open, origin }: Journey): Promise<{ page: Page; sent: string[] }> {
  const page = await open();
  await page.goto(`${origin}/verify`);
  await page.getByText('Drop a receipt here').waitFor();
  await page.waitForLoadState('networkidle');
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.method()} ${request.url()}`));
  await page.context().setOffline(true);
  return { page, sent };
}

/** Drags a file from outside onto the page and lets go of it. */
async function drop(page: Page, file: string): Promise<void> {
  const box = await page.getByText('Drop a receipt here').boundingBox();
  if (box === null) throw new Error('There is nowhere to drop it');
  const debug = await page.context().newCDPSession(page);
  const about = { x: box.x + 5, y: box.y + 5, data: { items: [], files: [file], dragOperationsMask: 1 } };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await debug.send('Input.dispatchDragEvent', { type, ...about });
}

/** Writes a receipt beside the city's own files; answers where. */
async function written({ city }: Journey, name: string, receipt: object): Promise<string> {
  const file = join(city.dataDirectory, name);
  await writeFile(file, JSON.stringify(receipt));
  return file;
}

const holding = (page: Page) => page.getByRole('listitem').filter({ hasText: / holds$/ });
const failing = (page: Page) => page.getByRole('listitem').filter({ hasText: 'does not hold' });

describeJourney('The receipt page', (journey) => {
  it('checks a dropped receipt without an account, every check green, and sends nothing', async () => {
    const receipt = await receiptFromBank(journey());
    const { page, sent } = await openCutOff(journey());
    await drop(page, await written(journey(), 'receipt.json', receipt));
    await page.getByText('The receipt holds').waitFor();
    expect(await holding(page).count()).toBe(11);
    expect(await failing(page).count()).toBe(0);
    expect(await words(page.locator('main'))).toContain('Nothing is uploaded.');
    expect(sent).toEqual([]);
  });

  it('names the check that fails, and says when it is no receipt at all', async () => {
    const receipt = await receiptFromBank(journey());
    const { page, sent } = await openCutOff(journey());
    const edited = { ...receipt, act: { ...receipt.act, at: '2020-01-01T00:00:00.000Z' } };
    await drop(page, await written(journey(), 'edited.json', edited));
    await page.getByText('The receipt does not hold').waitFor();
    expect(await failing(page).allTextContents()).toContainEqual(
      expect.stringMatching(/^The commitment is in the public log does not hold/),
    );

    const checkpoint = receipt.log.checkpoint.replace(/\n\d+\n/, '\n9\n');
    const unsigned = { ...receipt, log: { ...receipt.log, checkpoint } };
    await page.getByLabel('Or paste the receipt').fill(JSON.stringify(unsigned));
    await button(page, 'Check it').click();
    await failing(page).filter({ hasText: "The log's state is signed" }).waitFor();

    await page.getByLabel('Or paste the receipt').fill('Dear sir,');
    await button(page, 'Check it').click();
    await page.getByText('This is not a receipt: the text is not JSON.').waitFor();
    expect(sent).toEqual([]);
  });
});
