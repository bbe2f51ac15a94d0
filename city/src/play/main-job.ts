import type { ActView, Receipt } from '@praya/exchange/contract';
import { verifyReceipt } from '@praya/verifier/receipt';
import type { TrustAnchor } from '@praya/verifier/trust-list';
import { residents } from '../residents.ts';
import { createSoftwarePasskey } from '../software-passkey.ts';
import {
  accountOpening,
  askExchange,
  askFor,
  type Granted,
  openBank,
  type PlayedBank,
  redeem,
} from './bank.ts';
import { createBrowser } from './browser.ts';
import { bankFiles, type CityProcess } from './city-process.ts';
import { importDemonstrationPasskey } from './demonstration.ts';
import * as play from './resident.ts';
import { createSteps, expect, type Step } from './steps.ts';

/** What the play came to. */
export type MainJob = {
  readonly steps: readonly Step[];
  readonly proofsVerified: number;
  readonly revokedAfterMs: number;
  /** everything personal that was delivered, for whoever looks for it where it must not be */
  readonly delivered: readonly string[];
};

const SERVICES = ['persons.particulars', 'rates.address', 'companies.directorships'] as const;
const DAY_MS = 86_400_000;

/** A person whom no demonstration key was made for: she enrols at the counter first. */
const NEWCOMER_AFTER = 60;

/**
 * Plays the main job over the protocols, from the counter to the revocation, and checks every proof on the way.
 *
 * Errors  throws at the first thing that is not as it should be
 */
export async function playMainJob(
  city: Pick<CityProcess, 'origin' | 'dataDirectory'> & { readonly residents: number; readonly seed: string },
  note: (step: string, ms: number) => void = () => undefined,
): Promise<MainJob> {
  const { done: steps, timed } = createSteps(note);
  const { origin } = city;
  const files = bankFiles(city.dataDirectory);
  const anchor = await timed('trust anchor', () => fetchAnchor(origin));
  const newcomer = newcomerOf(city);
  const code = await timed('counter issues a code', () => issueCode(city, newcomer));
  const passkey = await createSoftwarePasskey({ rpId: new URL(origin).hostname, origin });
  const resident = await play.seatResident(createBrowser(origin), passkey);
  const bank = await timed('bank discovers the issuer', () => openBank({ ...files, issuer: origin }));
  const detail = accountOpening(bank, { issuer: origin, expiresAt: new Date(Date.now() + 90 * DAY_MS) });
  const asked = await timed('bank pushes the request', () => askFor(bank, detail));
  const uid = await play.openInteraction(resident.browser, asked.url.href);
  await timed('she enrols with the code', () => play.enrol(resident, { uid, code, name: 'Phone' }));
  await timed('she signs in', () => play.signIn(resident, uid));
  const view = await play.consentRequest(resident, uid);
  const previewed = await timed('she sees the values', () => previewAll(resident, uid));
  expect(previewed.includes(newcomer.nameEn), 'the preview shows her own name');
  const redirectTo = await timed('she agrees, leaving fields out', () =>
    play.agree(resident, { uid, optional: { 'persons.particulars': ['nameZh'] } }),
  );
  const answer = await resident.browser.visit(redirectTo, (url) => url.origin !== origin);
  const granted = await timed('bank redeems the code', () => redeem(bank, asked, answer));
  expect(granted.details[0]?.consent_id === view.id, 'the token is for her consent');
  const answers = await timed('bank asks the exchange', () => fetchAll(bank, { origin, anchor, granted }));
  const delivered = answers.flatMap(({ values }) => textsOf(values));
  expect(delivered.includes(newcomer.nameEn), 'the bank has her name');
  const bankProofs = await timed('bank verifies its receipts', () =>
    verifyAll(
      answers.map(({ receipt }) => receipt),
      anchor,
    ),
  );
  await timed('she opens her portal', () => play.openPortal(resident));
  const herProofs = await timed('she verifies every act', () =>
    verifyHerActs(resident, { id: view.id, anchor }),
  );
  const attempt = () => askExchange(bank, { issuer: origin, anchor, granted, service: 'rates.address' });
  const changeTo = (to: string) => resident.browser.call('POST', `/api/consents/${view.id}/state`, { to });
  await timed('she pauses, and resumes', async () => {
    await changeTo('paused');
    await expectRefusal(attempt, 'consent.paused');
    await changeTo('active');
    expect((await attempt()).ok, 'a resumed consent answers');
  });
  const revokedAfterMs = await timed('she revokes', () => revoke({ changeTo, attempt }));
  await timed('both sides are told', () => untilAllTold(resident, view.id));
  return {
    steps,
    proofsVerified: bankProofs + herProofs,
    revokedAfterMs,
    delivered: [...delivered, newcomer.identityNumber],
  };
}

async function fetchAnchor(origin: string): Promise<TrustAnchor> {
  const response = await fetch(`${origin}/.well-known/praya-trust-anchor`);
  return response.json() as Promise<TrustAnchor>;
}

function newcomerOf(city: { residents: number; seed: string }) {
  const all = residents({ count: city.residents, seed: city.seed });
  const adults = [...all].filter(({ ageYears }) => ageYears >= 18);
  const one = adults[NEWCOMER_AFTER + Math.floor(Math.random() * (adults.length - NEWCOMER_AFTER))];
  if (one === undefined) throw new Error('The city is too small for a newcomer');
  return { identityNumber: one.identityNumber, dateOfBirth: one.dateOfBirth, nameEn: one.name.en };
}

async function issueCode(
  city: { origin: string },
  newcomer: { identityNumber: string; dateOfBirth: string; nameEn: string },
): Promise<string> {
  const browser = createBrowser(city.origin);
  const officer = await play.seatResident(browser, await importDemonstrationPasskey(browser, 'counter'));
  await play.openPortal(officer);
  const issued = await play.issueEnrolmentCode(browser, newcomer);
  expect(issued.found && issued.nameEn === newcomer.nameEn, 'the counter finds her');
  return issued.code;
}

async function previewAll(resident: play.PlayedResident, uid: string): Promise<string[]> {
  const values = await Promise.all(SERVICES.map((service) => play.preview(resident, { uid, service })));
  return values.flatMap(textsOf);
}

async function fetchAll(bank: PlayedBank, about: { origin: string; anchor: TrustAnchor; granted: Granted }) {
  const { origin: issuer, anchor, granted } = about;
  const services = granted.details[0]?.services.filter(({ fields }) => fields.length > 0) ?? [];
  return Promise.all(
    services.map(async ({ id }) => {
      const answer = await askExchange(bank, { issuer, anchor, granted, service: id });
      if (!answer.ok) throw new Error(`${id}: ${answer.problem.code} ${answer.problem.detail ?? ''}`);
      return answer.value;
    }),
  );
}

async function verifyAll(receipts: readonly unknown[], anchor: TrustAnchor): Promise<number> {
  const counts = await Promise.all(
    receipts.map(async (receipt) => {
      const { ok, checks } = await verifyReceipt(receipt, { anchor });
      const wrong = checks.filter((check) => !check.ok).map(({ name, code }) => `${name} ${code}`);
      expect(ok, `every check of a receipt holds (${wrong.join(', ')})`);
      return checks.length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function verifyHerActs(
  resident: play.PlayedResident,
  about: { id: string; anchor: TrustAnchor },
): Promise<number> {
  const { browser } = resident;
  const { items } = await browser.call<{ items: ActView[] }>(
    'GET',
    `/api/consents/${about.id}/acts?limit=50`,
  );
  const done = items.filter(({ outcome }) => outcome === 'done');
  expect(done.length >= SERVICES.length, 'her page lists the acts');
  const receipts = await Promise.all(
    done.map(({ id }) => browser.call<Receipt>('GET', `/api/acts/${id}/receipt`)),
  );
  return verifyAll(receipts, about.anchor);
}

async function revoke(about: {
  changeTo(to: string): Promise<unknown>;
  attempt(): ReturnType<typeof askExchange>;
}): Promise<number> {
  const beganAt = performance.now();
  await about.changeTo('revoked');
  for (;;) {
    const answer = await about.attempt();
    const ms = Math.round(performance.now() - beganAt);
    if (!answer.ok) return ms;
    expect(ms < 1000, 'a revoked consent is refused within a second');
  }
}

async function expectRefusal(attempt: () => ReturnType<typeof askExchange>, code: string): Promise<void> {
  const answer = await attempt();
  expect(!answer.ok && answer.problem.code === code, `the exchange refuses with ${code}`);
}

async function untilAllTold(resident: play.PlayedResident, consentId: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const { items } = await resident.browser.call<{
      items: { event: string; acknowledgedAt: string | null }[];
    }>('GET', `/api/consents/${consentId}/deliveries`);
    const revoked = items.filter(({ event }) => event === 'revoked');
    if (revoked.length > 1 && revoked.every(({ acknowledgedAt }) => acknowledgedAt !== null)) return;
    expect(Date.now() < deadline, `everybody acknowledges the revocation (${JSON.stringify(revoked)})`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function textsOf(values: unknown): string[] {
  if (typeof values === 'string') return [values];
  if (typeof values !== 'object' || values === null) return [];
  return Object.values(values).flatMap(textsOf);
}
