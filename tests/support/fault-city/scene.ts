import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  accountOpening,
  askFor,
  type Granted,
  openBank,
  type PlayedBank,
  redeem,
} from '@praya/city/play/bank';
import { createBrowser } from '@praya/city/play/browser';
import { bankFiles, type CityProcess, startCityProcess } from '@praya/city/play/city-process';
import { importDemonstrationPasskey } from '@praya/city/play/demonstration';
import * as play from '@praya/city/play/resident';
import { type DatabasePool, openDatabase } from '@praya/kernel/database';
import type { TrustAnchor } from '@praya/verifier/trust-list';

/** A whole city, its bank, and the administrator's way into its database, for whoever breaks things on purpose. */
export type Scene = AsyncDisposable & {
  readonly city: CityProcess;
  readonly origin: string;
  readonly anchor: TrustAnchor;
  readonly bank: PlayedBank;
  readonly db: DatabasePool;
};

/** A resident who agreed, and the answer with the code that her browser brought to the bank. */
export type Agreed = {
  readonly resident: play.PlayedResident;
  readonly asked: Awaited<ReturnType<typeof askFor>>;
  readonly answer: URL;
  readonly consentId: string;
};

/** The same with the tokens that the bank got for the code. */
export type Consented = Agreed & { granted: Granted };

const DAY_MS = 86_400_000;
const QUIET = { PRAYA_REQUESTS_PER_MINUTE: '10000000', PRAYA_LOG_LEVEL: 'warn' };

/** Starts a city of 200 residents; its rate limit is out of the way unless the environment says otherwise. */
export async function openScene(
  about: {
    readonly workers?: number;
    readonly dataDirectory?: string;
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<Scene> {
  const { workers = 2, dataDirectory: given } = about;
  const city = await startCityProcess({
    residents: 200,
    workers,
    ...(given === undefined ? {} : { dataDirectory: given }),
    environment: { ...QUIET, ...about.environment },
  });
  const db = openDatabase(city.databaseUrl(), { max: 2, name: 'praya faults' });
  const close = async () => {
    await db.end({ timeout: 1 });
    await city.stop();
  };
  try {
    const { origin, dataDirectory } = city;
    const anchor = JSON.parse(readFileSync(join(dataDirectory, 'trust-anchor.json'), 'utf8'));
    const bank = await openBank({ ...bankFiles(dataDirectory), issuer: origin });
    return { city, origin, anchor, bank, db, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A demonstration person at her browser. */
export async function seat(scene: Scene, who: Parameters<typeof importDemonstrationPasskey>[1]) {
  const browser = createBrowser(scene.origin);
  return play.seatResident(browser, await importDemonstrationPasskey(browser, who));
}

/** She signs in and agrees to what is required; the bank has its code and has not redeemed it yet. */
export async function agreeTo(
  scene: Scene,
  about: { readonly who: number; readonly perDay?: number },
): Promise<Agreed> {
  const { bank, origin: issuer } = scene;
  const resident = await seat(scene, about.who);
  const expiresAt = new Date(Date.now() + 30 * DAY_MS);
  const asked = await askFor(
    bank,
    accountOpening(bank, { issuer, expiresAt, perDay: about.perDay ?? 10_000 }),
  );
  const uid = await play.openInteraction(resident.browser, asked.url.href);
  await play.signIn(resident, uid);
  const { id: consentId } = await play.consentRequest(resident, uid);
  const redirectTo = await play.agree(resident, { uid, optional: {} });
  const answer = await resident.browser.visit(redirectTo, (url) => url.origin !== issuer);
  return { resident, asked, answer, consentId };
}

/** She agrees and the bank redeems the code. */
export async function consentTo(scene: Scene, about: Parameters<typeof agreeTo>[1]): Promise<Consented> {
  const agreed = await agreeTo(scene, about);
  return { ...agreed, granted: await redeem(scene.bank, agreed.asked, agreed.answer) };
}
