import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ReceiptVerdict, verifyReceipt } from './receipt.ts';
import type { CheckName } from './receipt-checks.ts';
import {
  type BuiltReceipt,
  buildReceipt,
  type Cast,
  createCast,
  storyInstant,
} from './testing/receipt-builder.ts';

let cast: Cast;
let receipt: BuiltReceipt;
beforeAll(async () => {
  cast = await createCast();
  receipt = await buildReceipt(cast);
});

const verify = (value: unknown) => verifyReceipt(value, { anchor: cast.anchor });
const findingOf = (verdict: ReceiptVerdict, name: CheckName) => {
  const check = verdict.checks.find((candidate) => candidate.name === name);
  return check?.ok ? 'ok' : `${check?.code} ${check?.detail ?? ''}`.trim();
};

/** The text with its middle character replaced. */
function nudged(text: string, at = Math.floor(text.length / 2)): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

/** A JWS with a byte of its signature changed. */
function nudgedSignature(jws: string): string {
  return nudged(jws, jws.length - 20);
}

function withNote(r: BuiltReceipt, change: (note: string) => string): BuiltReceipt {
  return { ...r, log: { ...r.log, checkpoint: change(r.log.checkpoint) } };
}

describe('a byte changed in a receipt', () => {
  const token = (value: string | null) => value ?? '';
  it.each<[CheckName, string, (r: BuiltReceipt) => unknown]>([
    ['trust-list', 'jws.signature-wrong', (r) => ({ ...r, trust: nudgedSignature(r.trust) })],
    [
      'consent-signature',
      'jws.signature-wrong',
      (r) => ({ ...r, consent: nudgedSignature(token(r.consent)) }),
    ],
    [
      'request-signature',
      'jws.signature-wrong',
      (r) => ({ ...r, request: nudgedSignature(token(r.request)) }),
    ],
    [
      'provider-signature',
      'jws.signature-wrong',
      (r) => ({ ...r, response: nudgedSignature(token(r.response)) }),
    ],
    ['commitment', 'receipt.digest-wrong', (r) => ({ ...r, request: nudgedSignature(token(r.request)) })],
    ['commitment', 'receipt.digest-wrong', (r) => ({ ...r, response: nudgedSignature(token(r.response)) })],
    ['commitment', 'receipt.salt-malformed', (r) => ({ ...r, salt: r.salt.slice(1) })],
    ['inclusion-proof', 'merkle.root-mismatch', (r) => ({ ...r, salt: nudged(r.salt) })],
    ['inclusion-proof', 'merkle.root-mismatch', (r) => ({ ...r, act: { ...r.act, at: storyInstant(62) } })],
    ['inclusion-proof', 'merkle.root-mismatch', (r) => ({ ...r, act: { ...r.act, more: 1 } })],
    [
      'inclusion-proof',
      'merkle.root-mismatch',
      (r) => ({ ...r, log: { ...r.log, proof: r.log.proof.map((hash) => nudged(hash)) } }),
    ],
    ['inclusion-proof', 'merkle.proof-length', (r) => ({ ...r, log: { ...r.log, proof: [] } })],
    ['inclusion-proof', 'receipt.malformed', (r) => ({ ...r, log: { ...r.log, proof: ['?'] } })],
    ['inclusion-proof', 'merkle.index-out-of-range', (r) => ({ ...r, log: { ...r.log, index: 1e9 } })],
    ['inclusion-proof', 'merkle.index-out-of-range', (r) => ({ ...r, log: { ...r.log, index: '5' } })],
    [
      'log-signature',
      'note.origin-wrong',
      (r) => ({ ...r, log: { ...r.log, origin: 'another.example/log' } }),
    ],
    [
      'log-signature',
      'note.signature-wrong',
      (r) => ({ ...r, log: { ...r.log, checkpoint: r.log.checkpoint.replace(/\n\d+\n/, '\n4096\n') } }),
    ],
    ['witnesses', 'note.cosignature-wrong', (r) => withNote(r, (note) => nudged(note, note.length - 20))],
    [
      'witnesses',
      'note.cosignature-wrong',
      (r) => withNote(r, (note) => note.replace(/\n\d+\n/, '\n4096\n')),
    ],
    ['witnesses', 'receipt.not-witnessed', (r) => withNote(r, (note) => note.replace(/— witness-2.*\n/, ''))],
    [
      'witnesses',
      'receipt.not-witnessed',
      (r) => withNote(r, (note) => note.replace('witness-2', 'witness-3')),
    ],
  ])('is caught by %s: %s', async (name, detail, change) => {
    const verdict = await verify(change(receipt));
    expect(verdict.ok).toBe(false);
    expect(verdict.act).toBeNull();
    expect(findingOf(verdict, name)).toBe(`receipt.${name}-wrong ${detail}`);
  });

  it('is caught wherever it is', async () => {
    const places = placesOf(receipt);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), async (which, at) => {
        const place = places[which % places.length] ?? [];
        const changed = structuredClone(receipt);
        changeAt(changed, place, (text) => nudged(text, at % text.length));
        expect((await verify(changed)).ok).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});

type Place = readonly (string | number)[];

/** The way to every text in a value. */
function placesOf(value: unknown, here: Place = []): Place[] {
  if (typeof value === 'string') return [here];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([name, member]) => placesOf(member, [...here, name]));
}

function changeAt(value: unknown, place: Place, change: (text: string) => string): void {
  const [name, ...rest] = place;
  if (typeof value !== 'object' || value === null || name === undefined) return;
  const member: unknown = Reflect.get(value, name);
  if (typeof member === 'string') Reflect.set(value, name, change(member));
  else changeAt(member, rest, change);
}
