import { ok, type Result, refuse } from '@praya/kernel/result';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { IdentityRefusal, Registrar } from './contract.ts';

type Needs = {
  /** Where the register of persons listens, and whose it is. */
  connector(): Promise<Result<{ url: string; organisationId: string }>>;
  /** A relay by the gateway key, for this audience and purpose. */
  signRelay(about: { aud: string; purpose: string }): Promise<string>;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
};

const RESPONSE_LIMIT_BYTES = 256 * 1024;
const Sealed = Type.String({ maxLength: 20_000 });
const Lookup = Type.Object({ lookup: Type.String({ maxLength: 100 }), answer: Sealed });
const Code = Type.Object({
  enrolment: Type.String({ maxLength: 100 }),
  code: Sealed,
  expiresAt: Type.String({ maxLength: 40 }),
});
const Handle = Type.Object({ handle: Sealed });
const Done = Type.Object({ ok: Type.Literal(true) });
const Subjects = Type.Object({ subjects: Type.Record(Type.String({ maxLength: 60 }), Sealed) });

/** The register of persons over HTTP. It gets and gives sealed things; this side only carries them. */
export function createRegistrar(needs: Needs): Registrar {
  const call = <T extends TSchema>(path: string, schema: T, body: Readonly<Record<string, unknown>>) =>
    post(needs, { path, schema, body });
  return {
    lookup: (about) => call('lookups', Lookup, about),
    issueCode: (about) => call('enrolments', Code, about),
    check: (about) => call('enrolments/check', Done, about),
    redeem: ({ code, publicKey }) => call('enrolments/redeem', Handle, { code, credential: { publicKey } }),
    changeCredential: (about) => call('credentials', Done, about),
    sealSubjects: async (about) => {
      const sealed = await call('subjects', Subjects, about);
      return sealed.ok ? ok(sealed.value.subjects) : sealed;
    },
  };
}

async function post<T extends TSchema>(
  needs: Needs,
  about: { path: string; schema: T; body: Readonly<Record<string, unknown>> },
): Promise<Result<Static<T>, IdentityRefusal>> {
  const connector = await needs.connector();
  if (!connector.ok) return refuse('identity.registrar-unreachable', { detail: connector.refusal.code });
  const { url, organisationId } = connector.value;
  const relay = await needs.signRelay({ aud: organisationId, purpose: about.path });
  const answered = await send(needs, {
    url: `${url.replace(/\/$/, '')}/praya/v1/registrar/${about.path}`,
    body: JSON.stringify({ relay, ...about.body }),
  });
  if (answered === undefined) return refuse('identity.registrar-unreachable');
  const { status, json } = answered;
  if (status >= 400) return refusalOf({ status, code: codeOf(json) });
  if (!Value.Check(about.schema, json))
    return refuse('identity.registrar-refused', { detail: 'answer does not fit' });
  return ok(json);
}

async function send(
  { fetch: call = fetch, timeoutMs = 5000 }: Needs,
  about: { url: string; body: string },
): Promise<{ status: number; json: unknown } | undefined> {
  try {
    const response = await call(about.url, {
      method: 'POST',
      body: about.body,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await readLimited(response);
    return { status: response.status, json: text === '' ? null : JSON.parse(text) };
  } catch {
    return undefined;
  }
}

async function readLimited(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > RESPONSE_LIMIT_BYTES) throw new Error('The answer is too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

// What the register says of a code or a key is told as it is; what it says of us is our own trouble.
const TOLD: Readonly<Record<string, IdentityRefusal>> = {
  'connector.code-wrong': 'identity.enrolment-code',
  'connector.code-expired': 'identity.enrolment-expired',
  'connector.code-attempts': 'identity.enrolment-attempts',
  'connector.query-sealed': 'identity.query-sealed',
  'connector.lookup-unknown': 'identity.lookup-unknown',
  'connector.credential-taken': 'identity.passkey-taken',
  'connector.credential-last': 'identity.passkey-last',
};

function refusalOf(about: { status: number; code: string }): Result<never, IdentityRefusal> {
  const told = TOLD[about.code];
  if (told !== undefined) return refuse(told);
  const detail = `${about.status} ${about.code}`;
  return refuse(about.status >= 500 ? 'identity.registrar-unreachable' : 'identity.registrar-refused', {
    detail,
  });
}

function codeOf(json: unknown): string {
  const code = json !== null && typeof json === 'object' && 'code' in json ? json.code : '';
  return typeof code === 'string' ? code.slice(0, 100) : '';
}
