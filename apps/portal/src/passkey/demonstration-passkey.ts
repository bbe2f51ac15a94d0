import type { ExportedPasskey, PasskeyRegistration, SoftwarePasskey } from '@praya/city/software-passkey';
import type { CreationOptions } from './authenticator.ts';

// Only a demonstration server hands these keys out (404 elsewhere); they protect nobody.
const KEPT = 'praya_demonstration_passkey';

export function keepDemonstrationPasskey(passkey: ExportedPasskey): void {
  localStorage.setItem(KEPT, JSON.stringify(passkey));
}

export function forgetDemonstrationPasskey(): void {
  localStorage.removeItem(KEPT);
}

/** Makes a software passkey for somebody who enrols in a demonstration without an authenticator of her own. */
export async function createDemonstrationPasskey(options: CreationOptions): Promise<PasskeyRegistration> {
  const { createSoftwarePasskey } = await import('@praya/city/software-passkey');
  const site = { rpId: options.rp.id ?? location.hostname, origin: location.origin };
  const passkey = await createSoftwarePasskey(site);
  const registration = await passkey.register(options);
  keepDemonstrationPasskey(passkey.export());
  return registration;
}

/** The software passkey with which this browser signed in, where it did. Its code is loaded only then. */
export async function demonstrationPasskeyInUse(rpId: string | undefined): Promise<SoftwarePasskey | null> {
  const kept = localStorage.getItem(KEPT);
  if (kept === null) return null;
  const { importSoftwarePasskey } = await import('@praya/city/software-passkey');
  const site = { rpId: rpId ?? location.hostname, origin: location.origin };
  return importSoftwarePasskey(JSON.parse(kept) as ExportedPasskey, site);
}
