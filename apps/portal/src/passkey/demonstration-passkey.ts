import type { ExportedPasskey, SoftwarePasskey } from '@praya/city/software-passkey';

// Only a demonstration server hands these keys out (404 elsewhere); they protect nobody.
const KEPT = 'praya_demonstration_passkey';

export function keepDemonstrationPasskey(passkey: ExportedPasskey): void {
  sessionStorage.setItem(KEPT, JSON.stringify(passkey));
}

export function forgetDemonstrationPasskey(): void {
  sessionStorage.removeItem(KEPT);
}

/** The software passkey with which this tab signed in, where it did. Its code is loaded only then. */
export async function demonstrationPasskeyInUse(rpId: string | undefined): Promise<SoftwarePasskey | null> {
  const kept = sessionStorage.getItem(KEPT);
  if (kept === null) return null;
  const { importSoftwarePasskey } = await import('@praya/city/software-passkey');
  const site = { rpId: rpId ?? location.hostname, origin: location.origin };
  return importSoftwarePasskey(JSON.parse(kept) as ExportedPasskey, site);
}
