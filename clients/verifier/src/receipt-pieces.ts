import { plainCopy } from './plain-copy.ts';
import {
  digestText,
  instant,
  isObject,
  type JsonObject,
  members,
  nullable,
  oneOf,
  type Shaped,
  text,
} from './shape.ts';

/** What happened once, as it was committed to the log. */
export const isActRecord = members({
  type: oneOf('praya.act.v1'),
  id: text(100),
  kind: oneOf('exchange', 'preview', 'consent'),
  consent_digest: nullable(digestText),
  request_digest: nullable(digestText),
  response_digest: nullable(digestText),
  at: instant,
});
export type ActRecord = Shaped<typeof isActRecord>;
export type ActKind = ActRecord['kind'];

/** The members of a receipt, each still to be checked; what is not there is null. */
export type ReceiptPieces = {
  readonly consent: unknown;
  readonly states: unknown;
  readonly request: unknown;
  readonly response: unknown;
  readonly act: unknown;
  readonly salt: unknown;
  readonly trust: unknown;
  readonly log: {
    readonly origin: unknown;
    readonly index: unknown;
    readonly proof: unknown;
    readonly checkpoint: unknown;
  };
};

/**
 * Reads a receipt, as JSON text or as a value, into a plain copy: no getter, proxy or second reading can change
 * it while it is checked. Null when it is no receipt.
 */
export function readReceipt(receipt: unknown): ReceiptPieces | null {
  const copy = plainCopy(receipt);
  if (copy === null || copy.type !== 'praya.receipt.v1') return null;
  const log = isObject(copy.log) ? copy.log : {};
  return {
    consent: member(copy, 'consent'),
    states: member(copy, 'states'),
    request: member(copy, 'request'),
    response: member(copy, 'response'),
    act: member(copy, 'act'),
    salt: member(copy, 'salt'),
    trust: member(copy, 'trust'),
    log: {
      origin: member(log, 'origin'),
      index: member(log, 'index'),
      proof: member(log, 'proof'),
      checkpoint: member(log, 'checkpoint'),
    },
  };
}

function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? (object[name] ?? null) : null;
}
