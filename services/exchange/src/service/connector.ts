import type { Organisation } from '@praya/directory/contract';
import { ok, type Refusal, type Result, refuse } from '@praya/kernel/result';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { ExchangeRefusal } from '../contract.ts';
import type { Room } from './room.ts';

const Answer = Type.Object({ response: Type.String(), payload: Type.String() });

/** What a connector gave back: a signed response and what it sealed. */
export type ConnectorAnswer = Static<typeof Answer>;

/** The connector of a provider that may answer today. */
export async function connectorOf(
  room: Pick<Room, 'directory'>,
  provider: Organisation['id'],
): Promise<Result<{ organisation: Organisation; url: string }, ExchangeRefusal>> {
  const found = await room.directory.organisation(provider);
  if (!found.ok || found.value.connector === null || found.value.suspendedAt !== null) {
    return refuse('exchange.connector-unreachable', { rule: 'unconnected' });
  }
  return ok({ organisation: found.value, url: found.value.connector.url });
}

/** Posts to a connector, within the limits. Bodies are passed on, never kept and never logged. */
export async function callConnector(
  room: Pick<Room, 'fetch' | 'limits'>,
  call: { url: string; body: object },
): Promise<Result<ConnectorAnswer, ExchangeRefusal>> {
  const signal = AbortSignal.timeout(room.limits.connectorTimeoutMs);
  try {
    const response = await room.fetch(call.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(call.body),
      redirect: 'manual',
      signal,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      return refuse('exchange.connector-refused', { rule: String(response.status) });
    }
    const text = await readLimited(response, room.limits.maxResponseBytes);
    return text === undefined ? refuse('exchange.response-too-large') : parse(text);
  } catch (error) {
    return { ok: false, refusal: refusalOf(error, signal) };
  }
}

/** True where the request never left this house, so that its use may be given back. */
export function neverSent(refusal: Refusal): boolean {
  return refusal.code === 'exchange.connector-unreachable' && refusal.rule !== 'broken';
}

function parse(text: string): Result<ConnectorAnswer, ExchangeRefusal> {
  try {
    const answer: unknown = JSON.parse(text);
    if (Value.Check(Answer, answer)) return ok(answer);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return refuse('exchange.response-signature', { rule: 'schema' });
}

async function readLimited(response: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function refusalOf(error: unknown, signal: AbortSignal): Refusal<ExchangeRefusal> {
  if (signal.aborted) return { code: 'exchange.connector-late' };
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  const code = String(cause?.code ?? '');
  const rule = NEVER_CONNECTED.has(code) ? 'unconnected' : 'broken';
  return { code: 'exchange.connector-unreachable', rule, detail: code };
}
