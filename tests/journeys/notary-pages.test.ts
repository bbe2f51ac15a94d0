import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/journey.ts';
import { LANGUAGES } from '../support/looking.ts';
import { codeOf, DIGEST, notaryRecord, recordId } from '../support/pretended-city/notary-records.ts';
import { type Look, usePretendedPortal } from '../support/pretended-portal.ts';

const NOTARY = { roles: ['notary'] };
const recordPath = (number: number) => `/notary/records/${recordId(number)}`;
const checkPath = (number: number) => `/check/${codeOf(number)}`;
const MB = 1024 * 1024;
const SETTLED = '[data-verdict]:not([data-verdict=checking])';

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const failing = (page: Page) => page.getByRole('listitem').filter({ hasText: 'does not hold' });
const verdictOf = (page: Page) => page.locator(SETTLED).first().getAttribute('data-verdict');

let folder: string;
const fileOf = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
/** The page's own place for a file; a result above it may have one to compare with. */
const drop = (page: Page, path: string) => page.locator('input[type=file]').last().setInputFiles(path);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'praya-notary-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeInBrowser('The pages of a notary', () => {
  const open = usePretendedPortal();

  it.each(LANGUAGES)(
    'are sound in %s at both widths',
    async (language) => {
      const { page, t, go, isSound } = await open({ language, state: NOTARY });
      await go('/notary');
      await isSound('records');
      await go('/notary/inbox');
      await isSound('inbox');
      await go('/notary/new');
      await button(page, t('notary.send')).click();
      await page.getByText(t('hashing.fileNeeded')).waitFor();
      await isSound('a new record, nothing filled in');
      await page.getByRole('radio', { name: t('notary.kind.approval') }).check();
      await button(page, t('notary.stepAdd')).click();
      await button(page, t('notary.stepAdd')).click();
      await isSound('a new approval with two departments');
      for (const number of [1, 3, 4, 8]) {
        await go(recordPath(number));
        if (number !== 8) await page.getByText(t('proof.holds')).waitFor();
        for (const summary of await page.locator('main summary').all()) await summary.click();
        await isSound(`record ${number}`);
      }
      await go(recordPath(1));
      for (const deed of ['suspended', 'revoked', 'erase']) {
        await button(page, t(`notary.do.${deed}`)).click();
        await page.getByRole('alertdialog').waitFor();
        await isSound(`the dialog before: ${deed}`);
        await button(page, t('cancel')).click();
      }
      await go('/notary/bulk');
      await isSound('many at once');
      await drop(page, fileOf('bad.csv', 'kind,title,digest\nlicence,A,\nfile,B,\nhouse,,x\n'));
      await page.getByText(t('bulk.someBad', { count: 2 })).waitFor();
      await isSound('a preview with faults');
    },
    180_000,
  );

  it('are for notaries alone: the navigation shows them to nobody else, and a resident is not let in', async () => {
    const { page, city, go, isSound } = await open({ state: { roles: ['counter.registrar'] } });
    await go('/notary');
    await page.getByText('This page is for officers').waitFor();
    const entries = page
      .getByRole('navigation', { name: 'Pages' })
      .getByRole('link', { name: 'Notarisation' });
    expect(await entries.count()).toBe(0);
    expect(city.state.calls.filter((call) => call.includes('/notary/v1/records'))).toEqual([]);
    Object.assign(city.state, NOTARY);
    await go('/notary');
    expect(await entries.count()).toBe(1);
    await isSound('an officer');
  });

  it('find records by words, kind and state, page through them, and say when nothing fits', async () => {
    const { page, go, isSound } = await open({ state: { ...NOTARY, notaryPage: 4 } });
    await go('/notary');
    const items = page.getByRole('list', { name: 'Records' }).getByRole('listitem');
    expect(await items.count()).toBe(4);
    await button(page, 'Load more').click();
    await expect.poll(() => items.count()).toBe(8);
    await page.getByLabel('Search title, reference').fill('harbour snacks');
    await page.keyboard.press('Enter');
    await page.getByLabel('Status').selectOption('suspended');
    await expect
      .poll(() => items.allTextContents())
      .toEqual([expect.stringMatching(/^SuspendedHawker licence/)]);
    await page.getByLabel('Kind').selectOption('folder');
    await page.getByText('Nothing matches.').waitFor();
    await isSound('nothing matches');
  });

  it('say what to do when there is nothing yet, and when the notary does not answer', async () => {
    const { page, city, go, isSound } = await open({ state: { ...NOTARY, records: [] } });
    await go('/notary');
    await page.getByText('Nothing notarised yet').waitFor();
    await isSound('no records');
    await go('/notary/inbox');
    await page.getByText('Nothing waits for you').waitFor();
    await isSound('an empty inbox');
    city.state.notaryFails = true;
    await go('/notary');
    await page.getByRole('alert').waitFor();
    await isSound('the notary does not answer');
    city.state.notaryFails = false;
    await button(page, 'Try again').click();
    await page.getByText('Nothing notarised yet').waitFor();
  });

  it('hash a file of 50 MB in a worker, with progress, and send its digest and nothing of it', async () => {
    const { page, city, go, isSound } = await open({ state: NOTARY });
    const content = Buffer.alloc(50 * MB, 'a page of a very long report. ');
    const path = fileOf('report.bin', content);
    await go('/notary/new');
    const sent: number[] = [];
    page.on('request', (request) => sent.push(request.postDataBuffer()?.length ?? 0));
    const workers: string[] = [];
    page.on('worker', (worker) => workers.push(worker.url()));
    await page.evaluate(watchProgress);
    await drop(page, path);
    const digest = createHash('sha256').update(content).digest('base64url');
    await page.getByText(digest).waitFor();
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: number[] }).seen);
    expect(new Set(seen).size).toBeGreaterThan(2);
    expect(workers).toHaveLength(1);
    expect(await page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('report.bin');
    await isSound('a file that is hashed');
    await button(page, 'Notarise').click();
    await page.getByRole('heading', { level: 1, name: 'report.bin' }).waitFor();
    expect(city.state.notarised).toMatchObject([{ kind: 'file', title: 'report.bin', digest }]);
    expect(Math.max(...sent)).toBeLessThan(2000);
  }, 120_000);

  it('can cancel the hashing of a file and take another', async () => {
    const { page, go } = await open({ state: NOTARY });
    const big = fileOf('big.bin', Buffer.alloc(300 * MB));
    await go('/notary/new');
    await drop(page, big);
    await page.getByRole('progressbar').waitFor();
    await button(page, 'Cancel').click();
    expect(await page.getByRole('progressbar').count()).toBe(0);
    await drop(page, fileOf('small.txt', 'the minutes'));
    await page.getByText(DIGEST).waitFor();
    rmSync(big);
  }, 120_000);

  it('notarise a folder by the manifest of what is in it, whatever systems left there', async () => {
    const { page, city, go } = await open({ state: NOTARY });
    const root = join(folder, 'drawings');
    mkdirSync(join(root, 'b'), { recursive: true });
    for (const [name, text] of [
      ['z.txt', 'z'],
      ['b/a.txt', 'a'],
      ['.DS_Store', 'x'],
    ] as const)
      writeFileSync(join(root, name), text);
    await go('/notary/new');
    await page.getByRole('radio', { name: 'Folder' }).check();
    await drop(page, root);
    await page.getByText('2 files').waitFor();
    await button(page, 'Notarise').click();
    await page.getByRole('heading', { level: 1, name: 'drawings' }).waitFor();
    const hash = (text: string) => createHash('sha256').update(text).digest('base64url');
    expect(city.state.notarised).toMatchObject([
      {
        kind: 'folder',
        manifest: [
          { path: 'b/a.txt', size: 1, digest: hash('a') },
          { path: 'z.txt', size: 1, digest: hash('z') },
        ],
      },
    ]);
  });

  it('notarise a licence with its term, and refuse one that ends before it begins', async () => {
    const { page, city, go } = await open({ state: NOTARY });
    await go('/notary/new');
    await page.getByRole('radio', { name: 'Licence' }).check();
    await page.getByRole('textbox', { name: 'Title' }).fill('Tea stall');
    await page.getByLabel('Holder').fill('Pier Tea Ltd');
    await page.getByLabel('Valid from').fill('2026-05-01');
    await page.getByLabel('Valid until').fill('2026-04-01');
    await button(page, 'Notarise').click();
    await page.getByText('The end lies before the beginning.').waitFor();
    await page.getByLabel('Valid until').fill('2027-04-30');
    await button(page, 'Notarise').click();
    await page.getByRole('heading', { level: 1, name: 'Tea stall' }).waitFor();
    expect(city.state.notarised).toEqual([
      {
        kind: 'licence',
        title: 'Tea stall',
        reference: null,
        holder: 'Pier Tea Ltd',
        validFrom: '2026-05-01T00:00:00+08:00',
        validUntil: '2027-04-30T23:59:59+08:00',
        disclose: 'status',
      },
    ]);
  });

  it('ask departments one after the other, in the order that is chosen', async () => {
    const { page, city, go } = await open({ state: NOTARY });
    await go('/notary/new');
    await page.getByRole('radio', { name: 'Approval' }).check();
    await page.getByRole('textbox', { name: 'Title' }).fill('Night market');
    await button(page, 'Notarise').click();
    await page.getByText('Add at least one department.').waitFor();
    const next = page.getByLabel('Next department');
    const [first, second] = await next
      .locator('option')
      .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
    await button(page, 'Add').click();
    await button(page, 'Add').click();
    await page.getByRole('button', { name: /^Move .* up$/ }).click();
    await button(page, 'Notarise').click();
    await page.getByRole('heading', { level: 1, name: 'Night market' }).waitFor();
    expect(city.state.notarised[0]?.steps).toEqual([{ organisation: second }, { organisation: first }]);
  });
});

describeInBrowser('A record', () => {
  const open = usePretendedPortal();

  it('is suspended, reinstated and revoked with a reason, and its proof is checked anew each time', async () => {
    const { page, go } = await open({ state: NOTARY });
    await go(recordPath(1));
    const history = page.getByRole('listitem').filter({ hasText: 'of the log' });
    expect(await history.count()).toBe(3);
    await change(page, 'Suspend', 'The kitchen is closed.');
    await page.getByText('Reason: The kitchen is closed.').waitFor();
    await page.getByText('Proof checked: it holds').waitFor();
    await change(page, 'Reinstate', 'Open again.');
    await page.getByText('Reason: Open again.').waitFor();
    await button(page, 'Revoke').click();
    await page.getByText('A revocation cannot be taken back.').waitFor();
    await button(page.getByRole('alertdialog') as unknown as Page, 'Revoke').click();
    await page.getByText('Give a reason.').waitFor();
    await page.getByRole('alertdialog').getByLabel('Reason').fill('Given back.');
    await page.getByLabel('From when').fill('2026-03-03T09:00');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Reason: Given back.').waitFor();
    await page.getByText('In effect from 3 Mar 2026').waitFor();
    expect(await history.count()).toBe(6);
    expect(await button(page, 'Revoke').count()).toBe(0);
  });

  it('keeps the dialog open and says so when somebody else changed the record meanwhile', async () => {
    const { page, go, isSound } = await open({ state: { ...NOTARY, changedMeanwhile: true } });
    await go(recordPath(1));
    await change(page, 'Suspend', 'A fee.');
    await page.getByRole('alertdialog').getByRole('alert').waitFor();
    await isSound('a change that was refused');
  });

  it('is decided by the department whose turn it is; a rejection needs a reason', async () => {
    const { page, city, go } = await open({ state: NOTARY });
    await go('/notary/inbox');
    await page.getByRole('link', { name: /Night market/ }).click();
    await page.getByText('Office of the Persons Register decides now').waitFor();
    await button(page, 'Reject').click();
    await page.getByText('Give a reason.').waitFor();
    await page.getByLabel('Reason').fill('Too loud.');
    await button(page, 'Approve').click();
    await page.getByText('decides now').waitFor({ state: 'detached' });
    const record = city.state.records.find(({ id }) => id === recordId(4));
    expect(record?.steps?.map(({ decision }) => decision)).toEqual(['approve', 'approve', null]);
    expect(record?.history.at(-1)?.reason).toBe('Too loud.');
  });

  it('is erased after a warning, and says nothing more', async () => {
    const { page, go, isSound } = await open({ state: NOTARY });
    await go(recordPath(1));
    await button(page, 'Erase its content').click();
    await page.getByText('Erasing cannot be undone').waitFor();
    await page.getByRole('alertdialog').getByLabel('Reason').fill('Asked by the holder.');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Erase its content' }).click();
    await page.getByText('This record was erased').waitFor();
    expect(await page.locator('main').textContent()).not.toMatch(/Harbour Snacks|FS-2026|The fee/);
    await isSound('an erased record');
  });

  it('hands out its QR code, certificates in three languages, and a receipt that is checked here', async () => {
    const { page, go } = await open({ state: NOTARY });
    await go(recordPath(1));
    await page.getByText('Proof checked: it holds').waitFor();
    expect(
      await page
        .getByRole('img', { name: /^QR code/ })
        .locator('path')
        .count(),
    ).toBe(2);
    const certificates = await page
      .getByRole('link', { name: /\(PDF\)$/ })
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(certificates).toEqual(
      LANGUAGES.map((language) => `/notary/v1/records/${recordId(1)}/certificate.pdf?language=${language}`),
    );
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(page, 'Save the receipt').click(),
    ]);
    const receipt = JSON.parse(await readFile(await download.path(), 'utf8'));
    expect(receipt).toMatchObject({ type: 'praya.notarisation-receipt.v1', record: recordId(1) });
  });

  it('names the check that fails when its receipt was tampered with, and waits for one that is not published', async () => {
    const { page, city, go } = await open({ state: { ...NOTARY, tamperReceipts: true } });
    await go(recordPath(1));
    await page.getByText('The proof does not hold').waitFor();
    expect(await failing(page).allTextContents()).toEqual([
      expect.stringMatching(/^Every statement is in the public log does not hold/),
    ]);
    city.state.proofPending = true;
    await go(recordPath(1));
    await page.getByText('Its checkpoint is not published yet').waitFor();
    Object.assign(city.state, { proofPending: false, tamperReceipts: false });
    await button(page, 'Try again').click();
    await page.getByText('Proof checked: it holds').waitFor();
  });
});

describeInBrowser('Many at once', () => {
  const open = usePretendedPortal();

  it('previews a CSV, names faults by row, sends it once, and shows the work to its end', async () => {
    const { page, city, go, isSound } = await open({ state: NOTARY });
    await go('/notary/bulk');
    const [template] = await Promise.all([
      page.waitForEvent('download'),
      button(page, 'Save a template').click(),
    ]);
    const text = await readFile(await template.path(), 'utf8');
    const [head = ''] = text.split('\r\n');
    const rows = Array.from({ length: 120 }, (_, at) =>
      at === 2
        ? 'file,No digest,,,,,,'
        : `licence,Stall ${at},S-${at},,"Stalls, Ltd",2026-01-01,2027-01-01,title`,
    );
    await drop(page, fileOf('stalls.csv', [head, ...rows].join('\r\n')));
    await page.getByText('One row has faults').waitFor();
    expect(await page.getByRole('list', { name: 'Faults by row' }).textContent()).toMatch(
      /^Row 3: digest is needed/,
    );
    await button(page, 'Notarise 119 rows').click();
    await page.getByRole('progressbar').waitFor();
    await isSound('a bulk at work');
    await page.getByText('119 rows notarised').waitFor({ timeout: 20_000 });
    await page.getByText('One row was left out.').waitFor();
    expect(city.state.bulk?.text.split('\r\n')[1]).toBe(rows[0]);
    expect(city.state.calls.filter((call) => call === 'POST /notary/v1/bulk')).toHaveLength(1);
    expect(await page.getByRole('link', { name: 'Save the results (CSV)' }).getAttribute('href')).toMatch(
      /results\.csv$/,
    );
    await isSound('a bulk that is over');
  }, 60_000);

  it.each([
    ['a broken quote', 'kind,title\nlicence,"A\n', 'Line 2 has a quotation mark'],
    ['an unknown column', 'kind,title,colour\nfile,A,red', 'There is no column “colour”'],
    ['no rows', 'kind,title\n', 'There is no row below the names of the columns.'],
    ['another encoding', new Uint8Array([0x6b, 0xff, 0xfe]), 'This file is not in UTF-8.'],
  ])('says what is wrong with a whole file: %s', async (_name, content, said) => {
    const { page, go } = await open({ state: NOTARY });
    await go('/notary/bulk');
    await drop(page, fileOf('wrong.csv', content));
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain(said);
  });
});

describeInBrowser('The public check', () => {
  const open = usePretendedPortal();

  it.each(LANGUAGES)(
    'is sound in %s at both widths, whatever the verdict',
    async (language) => {
      const { page, t, go, isSound } = await open({ language, state: { signedIn: false } });
      await go('/check');
      await isSound('the check');
      await page.getByLabel(t('check.code')).fill('123');
      await button(page, t('verify.check')).click();
      await page.getByText(t('check.codeWrong')).waitFor();
      await isSound('a code that is none');
      for (const number of [1, 3, 4, 5, 6, 7, 8, 9, 77]) {
        await go(checkPath(number));
        await page.locator(SETTLED).waitFor();
        if (number < 8) await page.getByText(t('proof.holds')).waitFor();
        for (const summary of await page.locator('main summary').all()) await summary.click();
        await isSound(`the verdict on ${number}`);
      }
    },
    180_000,
  );

  it.each([
    [1, 'active'],
    [4, 'pending'],
    [5, 'suspended'],
    [6, 'revoked'],
    [7, 'expired'],
    [8, 'erased'],
    [9, 'rejected'],
    [77, 'unknown'],
  ])('says first how record %i stands: %s', async (number, verdict) => {
    const { page, go } = await open({ state: { signedIn: false } });
    await go(checkPath(number));
    await page.locator(SETTLED).waitFor();
    expect(await verdictOf(page)).toBe(verdict);
    const before = await page.locator('main h1, main h2').allTextContents();
    expect(before[0]).toBe('Result of the check');
    expect(
      await page
        .locator('main h2')
        .first()
        .evaluate((heading) => heading.closest('[data-verdict]') !== null),
    ).toBe(true);
  });

  it('shows the title where its organisation shows it, and the holder never', async () => {
    const { page, go } = await open({ state: { signedIn: false } });
    await go(checkPath(1));
    await page.getByRole('heading', { name: 'Food stall licence' }).waitFor();
    await page.getByText('Every check').click();
    expect(await page.locator('main').textContent()).not.toContain('Harbour Snacks');
    expect(await failing(page).count()).toBe(0);
    await go(checkPath(2));
    await page.locator('[data-verdict=active]').waitFor();
    expect(await page.locator('main').textContent()).not.toContain('Minutes');
  });

  it.each([
    ['a receipt that was tampered with', { tamperReceipts: true }, 'Every statement is in the public log'],
    [
      'a page that says "active" of what was revoked',
      { lieAboutState: true },
      'This page shows what was signed',
    ],
  ])('turns against %s, and names the check', async (_name, state, named) => {
    const { page, go, isSound } = await open({ state: { signedIn: false, ...state } });
    await go(checkPath(6));
    await page.locator('[data-verdict=unproven]').waitFor();
    expect(await failing(page).allTextContents()).toEqual([
      expect.stringMatching(new RegExp(`^${named} does not hold`)),
    ]);
    await isSound('a proof that does not hold');
  });

  it.each([
    ['the public check', { signedIn: false }, checkPath(1)],
    ["the officer's page", NOTARY, recordPath(1)],
  ])('waits for witnesses who are late, and does not yet call it proven: %s', async (_name, state, path) => {
    const { page, go, isSound } = await open({ state: { ...state, witnessesLate: 2 } });
    await go(path);
    await page.getByText('Waiting for the witnesses').waitFor();
    expect(await page.getByText('Proof checked: it holds').count()).toBe(0);
    expect(await page.locator('[data-verdict=active]').count()).toBe(0);
    await isSound('witnesses are late');
    await page.getByText('Proof checked: it holds').waitFor();
    expect(await page.getByText('Waiting for the witnesses').count()).toBe(0);
  });

  it('knows a dropped document by its digest, says so of one that it does not know, and uploads neither', async () => {
    const { page, city, go, isSound } = await open({ state: { signedIn: false } });
    await go('/check');
    const bodies: (string | null)[] = [];
    page.on('request', (request) => bodies.push(request.postData()));
    city.state.records = [notaryRecord(2, {}), notaryRecord(1, { title: 'The same, again' })];
    await drop(page, fileOf('minutes.txt', 'the minutes'));
    await page.getByText('This document was notarised 2 times.').waitFor();
    await page.getByText('Proof checked: it holds').first().waitFor();
    await page.getByText('Every check').first().click();
    await page.getByText('The document is the one that was notarised').first().waitFor();
    await isSound('a document that is known');
    await drop(page, fileOf('other.txt', 'the minutes.'));
    await page.getByText('This file is not known').waitFor();
    await isSound('a document that is not known');
    expect(bodies.filter((body) => body !== null)).toEqual([]);
  });

  it('checks a receipt without the network, and names what was done to it', async () => {
    const { page, go, isSound } = await open({ state: { signedIn: false } });
    await go(checkPath(1));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(page, 'Save the receipt').click(),
    ]);
    const text = await readFile(await download.path(), 'utf8');
    await go('/check');
    await page.context().setOffline(true);
    await page.context().unrouteAll();
    await drop(page, fileOf('receipt.json', text));
    await page.getByText('The receipt holds').waitFor();
    await isSound('a receipt that holds');
    const receipt = JSON.parse(text);
    const cut = { ...receipt, statements: receipt.statements.slice(1) };
    await drop(page, fileOf('cut.json', JSON.stringify(cut)));
    await page.locator('[data-verdict=unproven]').waitFor();
    expect(await failing(page).allTextContents()).toContainEqual(
      expect.stringMatching(/^The statements are one unbroken history does not hold/),
    );
    await drop(page, fileOf('act.json', '{"type":"praya.receipt.v1"}'));
    await page.getByText('This is a receipt of an act').waitFor();
  });

  it('compares a document with the record that a code leads to', async () => {
    const { page, go } = await open({ state: { signedIn: false } });
    await go(checkPath(2));
    await drop(page, fileOf('mine.txt', 'the minutes'));
    await page.getByText('mine.txt is what was notarised').waitFor();
    expect(await page.getByText('Not a single byte differs.').count()).toBe(1);
    await drop(page, fileOf('changed.txt', 'the minutes, changed'));
    await page.getByText('changed.txt is not what was notarised').waitFor();
    expect(await page.getByText('Not a single byte differs.').count()).toBe(0);
  });

  it('is reached by typing the code, in groups and small letters, with the keyboard alone', async () => {
    const { page, go } = await open({ state: { signedIn: false } });
    await go('/check');
    await page.getByLabel('Code').focus();
    await page.keyboard.type(
      codeOf(1)
        .toLowerCase()
        .replaceAll(/(.{4})/g, '$1 '),
    );
    await page.keyboard.press('Enter');
    await page.locator('[data-verdict=active]').waitFor();
    expect(new URL(page.url()).pathname).toBe(checkPath(1));
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  });
});

async function change(page: Look['page'], deed: string, reason: string): Promise<void> {
  await button(page, deed).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: deed }).click();
}

/** Notes every value that a progress bar of the page has had. */
function watchProgress(): void {
  const seen: number[] = [];
  Object.assign(globalThis, { seen });
  new MutationObserver(() => {
    const bar = document.querySelector('progress');
    if (bar !== null) seen.push(bar.value);
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}
