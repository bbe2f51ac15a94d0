import { decodeBase64 } from '@praya/verifier/base64';
import { logKeysOf } from '@praya/verifier/cose-receipt';
import { type NotarisedRecord, verifyNotarisation } from '@praya/verifier/notarisation';
import { notarisedStateAt } from '@praya/verifier/notarisation-history';
import { verifyReceipt } from '@praya/verifier/receipt';
import { verifyTlogProof } from '@praya/verifier/tlog-proof';
import { verifyTransparentStatement } from '@praya/verifier/transparent-statement';
import { type Invocation, textOf } from '../command.ts';
import { anchorOf, CalledWrongly, trustOf } from './call.ts';
import { digestOf, readBytes, readJson } from './read-files.ts';
import type { Verdict } from './verdict.ts';

/** Checks the receipt of an act. */
export async function checkReceipt(receipt: unknown, invocation: Invocation): Promise<Verdict> {
  const { anchor, file } = anchorOf(invocation);
  const { ok, checks, act } = await verifyReceipt(receipt, { anchor });
  const facts = { act, anchor: file };
  return { kind: 'receipt', ok, checks, by: `the anchor ${file}`, lines: [], facts };
}

/** Checks the receipt of a notarisation, and compares the document where one is given. */
export async function checkNotarisation(receipt: unknown, invocation: Invocation): Promise<Verdict> {
  const { anchor, file } = anchorOf(invocation);
  const document = textOf(invocation.values['file'], '');
  const digest = document === '' ? {} : { digest: await digestOf(document) };
  const { ok, checks, record } = await verifyNotarisation(receipt, { anchor, ...digest });
  const state = record === null ? null : notarisedStateAt(record.history, new Date());
  const lines = record === null ? [] : linesOf(record, state ?? 'not yet in force');
  const facts = { record, state, anchor: file };
  return { kind: 'notarisation', ok, checks, by: `the anchor ${file}`, lines, facts };
}

function linesOf(record: NotarisedRecord, state: string): string[] {
  const history = record.history.map(
    ({ revision, state: stated, at, effectiveFrom, reason }) =>
      `  ${revision}. ${at}  ${stated}${effectiveFrom === null ? '' : ` from ${effectiveFrom}`}${reason === null ? '' : ` (${reason})`}`,
  );
  return [
    `${record.kind} ${record.record}, issued by ${record.issuer.name.en} (${record.issuer.id})`,
    `SHA-256 of the document: ${record.digest}`,
    ...history,
    `By this receipt it is now ${state}. A newer statement may exist; only the public check knows.`,
  ];
}

/** Checks a proof of an entry, which must be given, or its leaf hash. */
export async function checkProof(text: string, invocation: Invocation): Promise<Verdict> {
  const { values } = invocation;
  const [entryFile, leaf] = [textOf(values['entry'], ''), textOf(values['leaf'], '')];
  if ((entryFile === '') === (leaf === '')) {
    throw new CalledWrongly('Say which entry the proof is of: --entry FILE or --leaf HASH.');
  }
  const of = entryFile === '' ? { leafHash: leafOf(leaf) } : { entry: readBytes(entryFile, 'entry') };
  const trust = await trustOf(invocation);
  const { ok, checks, place } = await verifyTlogProof(text, { ...trust, ...of });
  const lines = place === null ? [] : [`Entry ${place.index} of ${place.size} on ${place.origin}`];
  return { kind: 'proof', ok, checks, by: trust.by, lines, facts: { place } };
}

/** Checks a transparent statement by the trust list, or by its issuer's key and the log's. */
export async function checkStatement(bytes: Uint8Array, invocation: Invocation): Promise<Verdict> {
  const keyFile = textOf(invocation.values['key'], '');
  const trust = await trustOf(invocation);
  if ('anchor' in trust === (keyFile !== '')) {
    throw new CalledWrongly(
      keyFile === ''
        ? 'Without --trust, the key of the statement’s issuer is needed: --key FILE (a public JWK).'
        : '--trust names the issuer’s keys: give no --key with it.',
    );
  }
  const by =
    'anchor' in trust ? trust : { issuerKey: readJson(keyFile, 'key'), logKeyOf: logKeysOf(trust.logs) };
  const { ok, checks, statement, places } = await verifyTransparentStatement(bytes, by);
  const lines = [
    ...(statement === null ? [] : [`${statement.issuer} about ${statement.subject}`]),
    ...places.map(({ issuer, index, size }) => `Entry ${index} of ${size} on ${issuer}`),
  ];
  const said = statement === null ? null : { ...statement, payload: payloadOf(statement.payload) };
  const where = places.map(({ issuer: origin, index, size }) => ({ origin, index, size }));
  return { kind: 'statement', ok, checks, by: trust.by, lines, facts: { statement: said, places: where } };
}

function payloadOf(payload: Uint8Array): string {
  return Buffer.from(payload).toString('base64url');
}

/** A leaf hash as logs write it, in hexadecimal or base64. */
function leafOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Uint8Array.from(Buffer.from(text, 'hex')) : decodeBase64(text);
  if (bytes?.length !== 32) throw new CalledWrongly('--leaf takes 32 bytes in hexadecimal or base64.');
  return bytes;
}
