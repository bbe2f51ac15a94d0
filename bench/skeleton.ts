import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import {
  accountOpening,
  askExchange,
  askFor,
  type Granted,
  openBank,
  type PlayedBank,
  redeem,
} from '@praya/city/play/bank';
import { createBrowser } from '@praya/city/play/browser';
import { bankFiles, type CityProcess, freeBasePort, startCityProcess } from '@praya/city/play/city-process';
import { importDemonstrationPasskey } from '@praya/city/play/demonstration';
import { agree, openInteraction, type PlayedResident, seatResident, signIn } from '@praya/city/play/resident';
import { signDataRequest } from '@praya/relying-party/data-request';
import type { TrustAnchor } from '@praya/verifier/trust-list';
import * as oidc from 'openid-client';
import type { Benchmark, Figures } from './benchmarks.ts';
import { keepInFlight, type Measured, median, round, table } from './load.ts';

const ROUNDS = 3;
const SECONDS = 8;
const LANES = 8;
const IN_FLIGHT = 16;
const DAY_MS = 86_400_000;
const SERVICE = 'persons.particulars';

type Scene = {
  readonly city: CityProcess;
  readonly anchor: TrustAnchor;
  readonly bank: PlayedBank;
  readonly lanes: readonly PlayedResident[];
};

/** Main jobs and exchanges of a whole city, beside a relay that forwards the same bodies and checks nothing. */
export const skeleton: Benchmark = {
  about: 'main jobs and exchanges per second, beside a bare relay',
  async run(say) {
    await using city = await startCityProcess({
      residents: 400,
      workers: 2,
      environment: { PRAYA_REQUESTS_PER_MINUTE: '10000000', PRAYA_LOG_LEVEL: 'warn' },
    });
    const scene = await setScene(city);
    const granted = await Promise.all(scene.lanes.map((resident) => mainJob(scene, resident)));
    const answer = await oneAnswer(scene, granted[0]);
    await using relay = await startBareRelay(answer);
    const runs = { jobs: [] as Measured[], exchanges: [] as Measured[], relayed: [] as Measured[] };
    for (let turn = 0; turn < ROUNDS; turn++) {
      say(`round ${turn + 1} of ${ROUNDS}`);
      runs.jobs.push(await keepInFlight({ inFlight: LANES, seconds: SECONDS }, (lane) => jobOf(scene, lane)));
      runs.exchanges.push(
        await keepInFlight({ inFlight: IN_FLIGHT, seconds: SECONDS }, (lane) =>
          exchangeOnce(scene, granted[lane % granted.length]),
        ),
      );
      runs.relayed.push(
        await keepInFlight({ inFlight: IN_FLIGHT, seconds: SECONDS / 2 }, () => relay.forward()),
      );
    }
    return outcome(runs, say);
  },
};

function outcome(
  runs: { jobs: Measured[]; exchanges: Measured[]; relayed: Measured[] },
  say: (line: string) => void,
) {
  const [jobs, exchanges, relayed] = [median(runs.jobs), median(runs.exchanges), median(runs.relayed)];
  const ours: Figures = {
    mainJobsPerSecond: jobs.perSecond,
    mainJobP50Ms: jobs.p50Ms,
    mainJobP99Ms: jobs.p99Ms,
    exchangesPerSecond: exchanges.perSecond,
    exchangeP50Ms: exchanges.p50Ms,
    exchangeP99Ms: exchanges.p99Ms,
  };
  const bare: Figures = {
    exchangesPerSecond: relayed.perSecond,
    exchangeP50Ms: relayed.p50Ms,
    exchangeP99Ms: relayed.p99Ms,
  };
  const ratios = { exchangesPerSecond: round(exchanges.perSecond / relayed.perSecond) };
  say(table({ ours, 'bare relay': bare, 'ours / bare': ratios }));
  return { ours, baselines: { bareRelay: bare }, ratios };
}

async function setScene(city: CityProcess): Promise<Scene> {
  const files = bankFiles(city.dataDirectory);
  const bank = await openBank({ ...files, issuer: city.origin });
  const response = await fetch(`${city.origin}/.well-known/praya-trust-anchor`);
  const anchor = (await response.json()) as TrustAnchor;
  const lanes = await Promise.all(
    Array.from({ length: LANES }, async (_, position) => {
      const browser = createBrowser(city.origin);
      return seatResident(browser, await importDemonstrationPasskey(browser, position));
    }),
  );
  return { city, anchor, bank, lanes };
}

/** From the pushed request to the token: sign-in and consent, each with a passkey. */
async function mainJob(scene: Scene, seated: PlayedResident): Promise<Granted> {
  const { city, bank } = scene;
  const resident = { ...seated, browser: createBrowser(city.origin) };
  const expiresAt = new Date(Date.now() + 30 * DAY_MS);
  const asked = await askFor(bank, accountOpening(bank, { issuer: city.origin, expiresAt, perDay: 10_000 }));
  const uid = await openInteraction(resident.browser, asked.url.href);
  await signIn(resident, uid);
  await resident.browser.call('GET', `/interaction/${uid}/consent`);
  const redirectTo = await agree(resident, { uid, optional: {} });
  const answer = await resident.browser.visit(redirectTo, (url) => url.origin !== city.origin);
  return redeem(bank, asked, answer);
}

// A whole main job ends with the data in the bank's hands, checked as a bank checks it.
async function jobOf(scene: Scene, lane: number): Promise<void> {
  const resident = scene.lanes[lane];
  if (resident === undefined) throw new Error('No such lane');
  const granted = await mainJob(scene, resident);
  const { anchor, city } = scene;
  for (const service of [SERVICE, 'rates.address']) {
    const answer = await askExchange(scene.bank, { issuer: city.origin, anchor, granted, service });
    if (!answer.ok) throw new Error(answer.problem.code);
  }
}

/** One exchange; the load generator signs as a bank must and leaves the checking out, to leave the machine to the city. */
async function exchange(scene: Scene, granted: Granted | undefined): Promise<string> {
  if (granted === undefined) throw new Error('Nothing is granted');
  const { bank, city } = scene;
  const request = await signDataRequest({
    issuer: city.origin,
    clientId: bank.clientId,
    signingKey: bank.keys.signing,
    consentId: granted.details[0]?.consent_id ?? '',
    service: SERVICE,
  });
  const response = await oidc.fetchProtectedResource(
    bank.config,
    granted.accessToken,
    new URL(`${city.origin}/exchange/v1/requests`),
    'POST',
    JSON.stringify({ request }),
    new Headers({ 'content-type': 'application/json' }),
    { DPoP: granted.DPoP },
  );
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status} ${text}`);
  return text;
}

async function exchangeOnce(scene: Scene, granted: Granted | undefined): Promise<void> {
  await exchange(scene, granted);
}

async function oneAnswer(scene: Scene, granted: Granted | undefined): Promise<string> {
  if (granted === undefined) throw new Error('Nothing is granted');
  return exchange(scene, granted);
}

async function startBareRelay(answer: string) {
  const port = await freeBasePort();
  const script = join(import.meta.dirname, 'bare-relay.ts');
  const source = fork(script, ['source', String(port + 1)]);
  const relay = fork(script, ['relay', String(port), String(port + 1)]);
  await Promise.all([said(source), said(relay)]);
  const ready = said(source);
  source.send({ answer });
  await ready;
  const body = JSON.stringify({ request: 'x'.repeat(700) });
  const forward = async () => {
    const response = await fetch(`http://localhost:${port}/exchange/v1/requests`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    if ((await response.text()).length !== answer.length) throw new Error('The bare relay lost something');
  };
  const stop = async () => {
    for (const child of [relay, source]) child.disconnect();
  };
  return { forward, [Symbol.asyncDispose]: stop };
}

function said(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once('message', resolve));
}
