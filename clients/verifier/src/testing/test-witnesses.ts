import { encodeBase64 } from '../base64.ts';
import { decodeBase64url } from '../base64url.ts';
import { type Bytes, concat, utf8 } from '../bytes.ts';
import { cosignedMessage } from '../cosignature.ts';
import { sha256 } from '../digest.ts';
import type { NoteKey } from '../verifier-key.ts';
import { createTestKey } from './test-keys.ts';

/** Witnesses for tests; what they cosign holds under the policy, which asks for all of them. */
export type TestWitnesses = {
  readonly policy: string;
  readonly vkeys: readonly string[];
  readonly cosign: (note: string) => Promise<string>;
};

const COSIGNED_AT = 1_772_442_060n;
const ED25519 = 4;

/** Makes witnesses that cosign with Ed25519. */
export async function createTestWitnesses(count = 2): Promise<TestWitnesses> {
  const names = Array.from({ length: count }, (_, at) => `witness-${at + 1}.example`);
  const witnesses = await Promise.all(names.map(createWitness));
  const lines = witnesses.map(({ vkey }, at) => `witness w${at + 1} ${vkey}\n`);
  const group = `group all-of-them all ${witnesses.map((_, at) => `w${at + 1}`).join(' ')}\n`;
  const cosign = async (note: string) => {
    const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
    const signatures = await Promise.all(witnesses.map(({ sign }) => sign(text)));
    return note + signatures.join('');
  };
  return {
    policy: `${lines.join('')}${group}quorum all-of-them\n`,
    vkeys: witnesses.map(({ vkey }) => vkey),
    cosign,
  };
}

async function createWitness(name: string) {
  const key = await createTestKey('EdDSA');
  const publicKey = key.jwk.kty === 'OKP' ? decodeBase64url(key.jwk.x) : null;
  if (publicKey === null) throw new TypeError('A witness signs by Ed25519');
  const { id, vkey } = await keyOf(name, ED25519, publicKey);
  const own: NoteKey = { name, kind: 'cosignature-ed25519', id, publicKey };
  const sign = async (text: string) => {
    const message = cosignedMessage(text, own, COSIGNED_AT);
    if (message === null) throw new TypeError('Not a checkpoint');
    const timestamp = new Uint8Array(8);
    new DataView(timestamp.buffer).setBigUint64(0, COSIGNED_AT);
    return `— ${name} ${encodeBase64(concat(id, timestamp, await key.signBytes(message)))}\n`;
  };
  return { vkey, sign };
}

/** The id and the text form of a key of a note. */
export async function keyOf(
  name: string,
  type: number,
  publicKey: Uint8Array,
): Promise<{ id: Bytes; vkey: string }> {
  const encoded = concat(Uint8Array.of(type), publicKey);
  const id = (await sha256(concat(utf8(`${name}\n`), encoded))).slice(0, 4);
  const hex = Array.from(id, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { id, vkey: `${name}+${hex}+${encodeBase64(encoded)}` };
}
