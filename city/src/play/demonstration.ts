import { type ExportedPasskey, importSoftwarePasskey, type SoftwarePasskey } from '../software-passkey.ts';
import type { Browser } from './browser.ts';

type DemonstrationResident = {
  readonly index: number;
  readonly office: boolean;
  readonly note: { readonly en: string };
  readonly passkey: ExportedPasskey;
};

/** The software passkey of a demonstration person: by position among the residents, or by the office's note. */
export async function importDemonstrationPasskey(
  browser: Browser,
  who: number | 'counter' | 'maker' | 'checker' | 'notary' | 'notary officer, rates',
): Promise<SoftwarePasskey> {
  const { items } = await browser.call<{ items: DemonstrationResident[] }>(
    'GET',
    '/api/demonstration/residents',
  );
  const one = items.find(({ index, office, note }) =>
    typeof who === 'number' ? !office && index === who : office && note.en.toLowerCase().includes(who),
  );
  if (one === undefined) throw new Error(`There is no demonstration person ${who}`);
  return importSoftwarePasskey(one.passkey, {
    rpId: new URL(browser.origin).hostname,
    origin: browser.origin,
  });
}
