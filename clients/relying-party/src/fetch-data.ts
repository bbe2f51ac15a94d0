import type { TrustAnchor } from '@praya/verifier/trust-list';
import { type CheckedData, checkAnswer, isRawAnswer } from './check.ts';
import { signDataRequest } from './data-request.ts';
import { type Answer, problemOf, refused } from './problem.ts';
import type { Clock, PrivateKey } from './signature.ts';

/** What `send` is given: enough for every HTTP client. */
export type SendInit = {
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** The caller's fetch, which adds the access token and its DPoP proof and answers whatever the status is. */
export type Send = (url: URL, init: SendInit) => Promise<Response>;

/** One question and what its answer is held against. */
export type DataQuestion = {
  readonly issuer: string;
  readonly anchor: TrustAnchor;
  readonly clientId: string;
  readonly signingKey: PrivateKey;
  readonly encryptionKey: PrivateKey;
  readonly consentId: string;
  readonly service: string;
  /** the fields that the token response says were granted */
  readonly expectedFields: readonly string[];
  readonly send: Send;
  /** the language in which the exchange words its problems */
  readonly language?: string;
  readonly now?: Clock;
};

const ANSWER_MAX_LENGTH = 4_000_000;

/**
 * Asks the exchange for the data of one service under one consent, and checks the whole answer before it is used.
 *
 * Errors  the exchange's own problem with status, code and title; relying-party.* for an answer that does not hold
 * Source  docs/formats.md §5, §7, §10
 */
export async function fetchData(question: DataQuestion): Promise<Answer<CheckedData>> {
  const { issuer, anchor, clientId, consentId, service, encryptionKey } = question;
  const request = await signDataRequest(question);
  const received = await ask(question, request);
  if (!received.ok) return received;
  const { status, body } = received.value;
  if (status !== 200) return problemOf(status, body);
  if (!isRawAnswer(body)) return refused('relying-party.unreadable', 'shape');
  const fields = question.expectedFields;
  const expected = { issuer, anchor, clientId, consentId, service, fields, encryptionKey, request };
  return checkAnswer(body, expected);
}

async function ask(
  question: DataQuestion,
  request: string,
): Promise<Answer<{ readonly status: number; readonly body: unknown }>> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, application/problem+json',
    ...(question.language === undefined ? {} : { 'accept-language': question.language }),
  };
  try {
    const response = await question.send(new URL(`${question.issuer}/exchange/v1/requests`), {
      method: 'POST',
      headers,
      body: JSON.stringify({ request }),
    });
    const text = await response.text();
    if (text.length > ANSWER_MAX_LENGTH) return refused('relying-party.unreadable', 'too large');
    return { ok: true, value: { status: response.status, body: jsonOf(text) } };
  } catch (cause) {
    return refused('relying-party.unreachable', cause instanceof Error ? cause.name : 'send failed');
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
