import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

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

/** Chromium of the system, or the one that CHROMIUM_PATH names. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? PLACES.find((place) => existsSync(place));
  if (executablePath === undefined)
    throw new Error('No Chromium: install the package chromium, or set CHROMIUM_PATH');
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A fresh browser session that speaks a language, at a width. */
export function openContext(
  browser: Browser,
  about: { readonly width: Width; readonly language: string; readonly origin: string },
): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: WIDTHS[about.width], height: about.width === 'phone' ? 780 : 860 },
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

/** A platform authenticator that says yes at once and keeps discoverable passkeys. */
export async function addAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

type AxeFinding = {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
};

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong on a page as it stands, one line each; none is what we want. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  // evaluated by the debugger, so that the page's own content security policy stays as it is
  await page.evaluate(axeSource);
  const findings = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: AxeFinding[] }> } };
    return (await axe.run()).violations;
  });
  return findings.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) =>
        `${id}: ${target.join(' ')} ${failureSummary.replaceAll('\n', ' ')}`,
    ),
  );
}
