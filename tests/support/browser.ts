import { existsSync } from 'node:fs';
import axeCore from 'axe-core';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The widths at which every page is looked at: a phone and a desk. */
export const WIDTHS = { phone: 375, desk: 1280 } as const;
export type Width = keyof typeof WIDTHS;
export const HEIGHTS = { phone: 812, desk: 900 } as const;

export const NO_CHROMIUM = 'No Chromium: install the package chromium, or set CHROMIUM_PATH';

/** Chromium of the system, or the one that CHROMIUM_PATH names. */
export function chromiumPath(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  return [...(named === undefined ? [] : [named]), ...PLACES].find((place) => existsSync(place));
}

export async function launchBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error(NO_CHROMIUM);
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A fresh browser session that speaks a language, at a width. */
export function openContext(
  browser: Browser,
  about: { readonly width: Width; readonly language: string; readonly origin: string },
): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: WIDTHS[about.width], height: HEIGHTS[about.width] },
    reducedMotion: 'reduce',
    timezoneId: 'Asia/Hong_Kong',
    storageState: {
      origins: [],
      cookies: [
        {
          name: 'praya_language',
          value: about.language,
          domain: new URL(about.origin).hostname,
          path: '/',
          expires: -1,
          httpOnly: false,
          secure: false,
          sameSite: 'Lax',
        },
      ],
    },
  });
}

/** One passkey that an authenticator keeps. */
export type KeptPasskey = Awaited<ReturnType<typeof passkeysOf>>[number];

/** An authenticator of a page that can be looked into and told to wait. */
export type Authenticator = {
  passkeys(): Promise<readonly KeptPasskey[]>;
  /** Whether somebody touches it when it asks. */
  setTouched(touched: boolean): Promise<void>;
};

/** An authenticator that says yes at once and keeps discoverable passkeys: the device's own, or one on a cable. */
export async function addAuthenticator(
  page: Page,
  transport: 'internal' | 'usb' = 'internal',
): Promise<Authenticator> {
  const session = await authenticatorsOf(page);
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    passkeys: () => passkeysOf(session, authenticatorId),
    setTouched: async (enabled) => {
      await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
    },
  };
}

// One debugger session has all authenticators of a page: those of another would not be seen together.
const sessions = new WeakMap<Page, CDPSession>();

async function authenticatorsOf(page: Page): Promise<CDPSession> {
  const known = sessions.get(page);
  if (known !== undefined) return known;
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  sessions.set(page, session);
  return session;
}

async function passkeysOf(session: CDPSession, authenticatorId: string) {
  return (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
}

/** What axe finds wrong on a page as it stands, one line each; none is what we want. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  // evaluated by the debugger, so that the page's own content security policy stays as it is
  if (await page.evaluate(() => !('axe' in globalThis))) await page.evaluate(axeCore.source);
  const findings = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof axeCore };
    return (await axe.run({ resultTypes: ['violations'] })).violations;
  });
  return findings.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) =>
        `${id}: ${target.join(' ')} ${failureSummary.replaceAll('\n', ' ')}`,
    ),
  );
}
