import { generateKeyPairSync, sign } from 'node:crypto';
import {
  coachCheckpoint,
  navigliEd25519,
  navigliMlDsa,
  remora,
  stagingCheckpoint,
} from '@praya/tlog/published-cosignatures';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { encodeBase64 } from './base64.ts';
import { concat } from './bytes.ts';
import { checkCosignature, cosignedMessage } from './cosignature.ts';
import { readNote } from './signed-note.ts';
import { keyOf } from './testing/test-witnesses.ts';
import { type NoteKey, readNoteKey } from './verifier-key.ts';

afterEach(() => vi.restoreAllMocks());

const TEXT = `praya.example/log\n12\n${'A'.repeat(43)}=\n`;
const MOMENT = 1_772_442_060n;

async function known(vkey: string): Promise<NoteKey> {
  const key = await readNoteKey(vkey);
  if (key === null) throw new Error('Not a key');
  return key;
}
async function finding(note: string, vkey: string) {
  const read = readNote(note);
  if (!read.ok) throw new Error(read.refusal.code);
  const { finding: found, timestamp } = await checkCosignature(read.value, await known(vkey));
  return [found, timestamp];
}

/** A witness with a post-quantum key, and its line on the text. */
async function mlDsaWitness(name = 'witness.example/pq') {
  const { privateKey, publicKey } = generateKeyPairSync('ml-dsa-44');
  const { pub = '' } = publicKey.export({ format: 'jwk' }) as { pub?: string };
  const { vkey } = await keyOf(name, 6, Buffer.from(pub, 'base64url'));
  const key = await known(vkey);
  const lineOf = (timestamp: bigint) => {
    const message = cosignedMessage(TEXT, key, timestamp) ?? new Uint8Array();
    const stated = new Uint8Array(8);
    new DataView(stated.buffer).setBigUint64(0, timestamp);
    return `— ${name} ${encodeBase64(concat(key.id, stated, sign(null, message, privateKey)))}\n`;
  };
  return { vkey, lineOf };
}

describe('cosignatures of public witnesses', () => {
  it('hold over the checkpoints of public logs', async () => {
    expect(await finding(stagingCheckpoint, remora)).toEqual(['good', 0x6a122120]);
    expect((await finding(coachCheckpoint, navigliEd25519))[0]).toBe('good');
    expect((await finding(coachCheckpoint, navigliMlDsa))[0]).toBe('good');
  });

  it('do not hold over another size, and are missing elsewhere', async () => {
    const other = coachCheckpoint.replace('\n185550722\n', '\n185550723\n');
    expect(await finding(other, navigliEd25519)).toEqual(['wrong', 0]);
    expect(await finding(other, navigliMlDsa)).toEqual(['wrong', 0]);
    expect(await finding(stagingCheckpoint, navigliMlDsa)).toEqual(['missing', 0]);
  });
});

describe('a cosignature by ML-DSA-44', () => {
  it('holds at the instant that it states', async () => {
    const { vkey, lineOf } = await mlDsaWitness();
    expect(await finding(`${TEXT}\n${lineOf(MOMENT)}`, vkey)).toEqual(['good', Number(MOMENT)]);
  });

  it('is not counted where this runtime cannot check it', async () => {
    const { vkey, lineOf } = await mlDsaWitness();
    const note = `${TEXT}\n${lineOf(MOMENT)}`;
    const missing = new DOMException('Unrecognized algorithm name', 'NotSupportedError');
    vi.spyOn(globalThis.crypto.subtle, 'importKey').mockRejectedValue(missing);
    expect(await finding(note, vkey)).toEqual(['unchecked', 0]);
    expect(await finding(note.replace('\n12\n', '\n13\n'), vkey)).toEqual(['unchecked', 0]);
  });

  it('says nothing of an origin that its message has no room for', async () => {
    const key = await known((await mlDsaWitness()).vkey);
    const of = (origin: string) => cosignedMessage(TEXT.replace('praya.example/log', origin), key, 0n);
    expect(of('x'.repeat(255))).not.toBeNull();
    expect(of('x'.repeat(256))).toBeNull();
    expect(of('貝'.repeat(86))).toBeNull();
  });
});

describe('a line of a known witness', () => {
  it('that does not hold is wrong, beside a good one too', async () => {
    const { vkey, lineOf } = await mlDsaWitness();
    const [good, other] = [lineOf(MOMENT), lineOf(MOMENT + 1n)];
    const bad = good.replace(/.{20}\n$/, `${'A'.repeat(18)}==\n`);
    expect(await finding(`${TEXT}\n${good}${other}`, vkey)).toEqual(['good', Number(MOMENT) + 1]);
    expect(await finding(`${TEXT}\n${good}${bad}`, vkey)).toEqual(['wrong', 0]);
    expect(await finding(`${TEXT}\n${bad}${good}`, vkey)).toEqual(['wrong', 0]);
  });

  it('of another length, or of a time past 2^63, is wrong', async () => {
    const name = 'witness.navigli.sunlight.geomys.org';
    const key = await known(navigliEd25519);
    const note = (...parts: readonly Uint8Array[]) =>
      `${TEXT}\n— ${name} ${encodeBase64(concat(key.id, ...parts))}\n`;
    const late = Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 0);
    for (const parts of [[new Uint8Array(8)], [new Uint8Array(73)], [late, new Uint8Array(64)]]) {
      expect(await finding(note(...parts), navigliEd25519)).toEqual(['wrong', 0]);
    }
  });

  it('over what is no checkpoint is wrong', async () => {
    const { vkey, lineOf } = await mlDsaWitness();
    expect(await finding(`some text\n\n${lineOf(MOMENT)}`, vkey)).toEqual(['wrong', 0]);
  });
});

describe('a key', () => {
  it('is read only whole, and under its own name', async () => {
    for (const vkey of [navigliEd25519, navigliMlDsa, remora]) {
      expect((await readNoteKey(vkey))?.name).toBe(vkey.split('+')[0]);
      expect(await readNoteKey(vkey.replace(/^w|^r/, 'x'))).toBeNull();
      expect(await readNoteKey(vkey.slice(0, -4))).toBeNull();
      expect(await readNoteKey(`${vkey} `)).toBeNull();
    }
    const { vkey } = await keyOf('name', 2, new Uint8Array(32));
    expect(await readNoteKey(vkey)).toBeNull();
  });

  it('of any text never throws', async () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('+', '00000000', 'AAAA'));
    await fc.assert(
      fc.asyncProperty(fc.array(part), async (parts) => {
        expect(await readNoteKey(parts.join(''))).toBeNull();
      }),
    );
  });
});
