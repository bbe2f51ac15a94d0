import { organisations } from '@praya/city/organisations';
import type { Journey } from './journey.ts';
import { demonstrationName, newcomerOf } from './journey-people.ts';
import {
  button,
  goToConsent,
  newPublicKey,
  openAnAccount,
  openPortalAs,
  signInAs,
  valuesShown,
} from './journey-steps.ts';
import { faultsOf, type Language, portalWords } from './looking.ts';

/** Whether nothing on the page is still being fetched. */
function isStill(): boolean {
  const waiting = document.querySelector('main [class*=loading], main [class*=waiting], [data-pending]');
  return document.querySelector('h1') !== null && waiting === null;
}

/** One browser in one language that notes what is wrong with each state it is shown. */
export async function openEyes(journey: Journey, language: Language) {
  const page = await journey.open({ language, width: 'phone' });
  const found: string[] = [];
  const t = portalWords(language);
  return {
    page,
    language,
    t,
    found,
    /** presses the button that says this, or begins with it where a name follows */
    press: (key: string) => {
      const [name = '', blank] = t(key).split('{');
      const named = blank === undefined ? button(page, name) : page.getByRole('button', { name });
      return named.first().click();
    },
    look: async (state: string) => {
      await page.waitForFunction(isStill);
      found.push(...(await faultsOf(page, { state, language })));
    },
    visit: async (address: string) => {
      await page.goto(new URL(address, journey.origin).href);
      await page.locator('h1').waitFor();
    },
  };
}
export type Eyes = Awaited<ReturnType<typeof openEyes>>;

export async function lookAtSignIn({ page, t, look, press }: Eyes, journey: Journey): Promise<void> {
  await page.goto(journey.bankOrigin);
  await look("the bank's front page");
  await openAnAccount(page, journey);
  await look('sign-in');
  await press('signIn.enrol');
  await look('enrolment');
  await press('enrol.checkCode');
  await look('enrolment, code too short');
  await page.getByLabel(t('enrol.code')).fill('0000 0000 0000');
  await press('enrol.checkCode');
  await page.locator('[data-invalid] [slot=errorMessage]').waitFor();
  await look('enrolment, code refused');
  await press('enrol.haveOne');
}

export async function lookAtConsent(
  { page, look, press }: Eyes,
  journey: Journey,
  place: number,
): Promise<void> {
  await signInAs(page, await demonstrationName(journey.origin, place));
  await valuesShown(page);
  await page.getByRole('checkbox').first().focus();
  await look('consent with values');
  await press('consent.refuse');
  await page.waitForURL(`${journey.bankOrigin}/**`);
  await look("the bank's page after a refusal");
  await goToConsent(page, journey, place);
  await press('consent.agree');
  await page.waitForURL(`${journey.bankOrigin}/customers/me`);
  await look('verified particulars at the bank');
}

export async function lookAtHerConsent(
  { page, t, look, press, visit }: Eyes,
  journey: Journey,
): Promise<void> {
  await visit('/session/sign-in?returnTo=/data');
  await page.getByRole('listitem').getByRole('link').first().waitFor();
  await look('who can see my data');
  await page.locator('main').getByRole('link').first().click();
  await page.getByText(t('proof.holds')).first().waitFor();
  await page.locator('summary').first().click();
  await look('one consent with its acts');
  await press('sharing.revoke');
  await page.getByRole('alertdialog').waitFor();
  await look('the dialog before revoking');
  await button(page.getByRole('alertdialog'), t('sharing.revoke')).click();
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
  await look('a revoked consent');
  await page.goto(`${journey.bankOrigin}/customers/me`);
  await page.locator('#fetch-again').click();
  await page.locator('#problems').waitFor();
  await look("the bank's page after a revocation");
}

export async function lookAtAccount({ page, look, press, visit }: Eyes): Promise<void> {
  for (const path of ['/', '/activity', '/counter']) {
    await visit(path);
    await look(`${path}, signed in`);
  }
  await visit('/devices');
  await press('devices.add');
  await page.getByRole('alertdialog').waitFor();
  await look('the dialog before adding a passkey');
  await press('cancel');
  await press('devices.renameOf');
  await page.getByRole('alertdialog').waitFor();
  await look('the dialog before renaming a passkey');
}

const OPEN_PAGES = [
  '/',
  '/data',
  '/catalogue',
  '/catalogue/persons.particulars',
  '/explorer',
  '/check',
  '/check/unknown',
  '/docs/api',
  '/error?code=session.sign-in-failed',
  '/no/such/page',
  '/interaction/unknown',
];

export async function lookAtOpenPages(
  { page, t, look, press, visit }: Eyes,
  journey: Journey,
): Promise<void> {
  for (const path of OPEN_PAGES) {
    await visit(path);
    await look(path);
  }
  await visit('/catalogue');
  await page.getByRole('searchbox').fill('zzzz');
  await press('search');
  await page.getByText(t('nothingFound')).waitFor();
  await look('the catalogue without a match');
  await visit('/verify');
  await look('the receipt page');
  await page.getByLabel(t('verify.paste')).fill('{');
  await press('verify.check');
  await page.getByText(t('verify.notJson')).waitFor();
  await look('the receipt page, no receipt');
  await page.getByLabel(t('verify.paste')).fill('{"type":"praya.receipt.v1"}');
  await press('verify.check');
  await page.getByText(t('verify.fails')).waitFor();
  await look('the receipt page, a receipt that does not hold');
  for (const path of ['/no/such/page', '/customers/me']) {
    await page.goto(journey.bankOrigin + path);
    await look(`${path} at the bank`);
  }
}

export async function lookAtCounter({ page, t, look, press }: Eyes, journey: Journey): Promise<void> {
  await openPortalAs(page, journey, { who: 'counter', path: '/counter' });
  await press('counter.lookUp');
  await look('the counter, nothing filled in');
  const fields = {
    idNo: page.getByLabel(t('counter.idNo')),
    born: page.getByLabel(t('counter.dateOfBirth')),
  };
  const { identityNumber, dateOfBirth } = newcomerOf(journey.city);
  await fields.idNo.fill(identityNumber);
  await fields.born.fill('1901-01-01');
  await press('counter.lookUp');
  await page.getByText(t('counter.notFound')).waitFor();
  await look('the counter, nobody found');
  await fields.born.fill(dateOfBirth);
  await press('counter.lookUp');
  await page.getByText(t('counter.compared')).click();
  await look('the counter, somebody found');
  await press('counter.issue');
  await page.getByText(t('counter.codeLead')).waitFor();
  await look('the counter, a code');
}

export async function lookAtDirectory(
  { page, language, t, look, press, visit }: Eyes,
  journey: Journey,
): Promise<void> {
  await openPortalAs(page, journey, { who: 'maker', path: '/directory' });
  await look('the directory');
  await visit('/directory/changes');
  await look('changes, none');
  await visit('/directory');
  await page.getByRole('link', { name: organisations.bank.name[language] }).click();
  await page.getByRole('heading', { name: t('changes.proposeTitle') }).waitFor();
  await look('an organisation');
  await page.getByLabel(t('key.paste')).fill('-----BEGIN PRIVATE KEY-----');
  await press('changes.propose');
  await page.getByText(t('key.private')).waitFor();
  await look('an organisation, a key that is none');
  await press('key.revokeOf');
  await page.getByRole('alertdialog').waitFor();
  await look('the dialog before revoking a key');
  await press('cancel');
  await page.getByLabel(t('key.paste')).fill(await newPublicKey(`key-${Date.now()}`));
  await press('changes.propose');
  await page.getByText(t('changes.proposedLead')).waitFor();
  await visit('/directory/changes');
  await page.getByText(t('changes.own')).waitFor();
  await look('changes, one of hers');
}

export async function lookAtDeciding({ page, t, look, press }: Eyes, journey: Journey): Promise<void> {
  await openPortalAs(page, journey, { who: 'checker', path: '/directory/changes' });
  await press('changes.decline');
  await page.getByText(t('changes.reasonNeeded')).waitFor();
  await look('changes, a reason is missing');
  await page.getByLabel(t('changes.reason')).fill('-');
  await press('changes.decline');
  await page.getByText(t('changes.done.declined')).waitFor();
}
