import { newId } from '@praya/kernel/id';
import { signJws } from '@praya/kernel/jws';
import type { Log } from '@praya/kernel/log';
import { type Connector, signerFor } from './connector.ts';

const HOUR_MS = 60 * 60_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 4_000;
const FETCH_MS = 10_000;

/** Declarations in the background until stopped. */
export type Declaring = { readonly accepted: () => boolean; stop(): void };

/** Declares our services to the platform: again and again until it accepts, then every hour. */
export function keepDeclaring(
  connector: Connector,
  about: { readonly fetch: typeof fetch; readonly log: Log },
): Declaring {
  let accepted = false;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let delayMs = FIRST_DELAY_MS;
  const turn = async () => {
    const outcome = await declareOnce(connector, about.fetch).catch(() => 'unreachable');
    if (stopped) return;
    if (outcome !== 'accepted') about.log.warn({ outcome, delayMs }, 'services not declared yet');
    else if (!accepted) about.log.info({ services: connector.services.size }, 'services declared');
    accepted ||= outcome === 'accepted';
    const wait = outcome === 'accepted' ? HOUR_MS : delayMs;
    delayMs = outcome === 'accepted' ? FIRST_DELAY_MS : Math.min(delayMs * 1.5, LONGEST_DELAY_MS);
    timer = setTimeout(() => void turn(), wait * (0.8 + Math.random() * 0.4)).unref();
  };
  void turn();
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
  };
  return { accepted: () => accepted, stop };
}

/** Sends one signed declaration; answers "accepted" or the status and code of the refusal. */
export async function declareOnce(connector: Connector, send: typeof fetch): Promise<string> {
  const trust = await connector.trust();
  if (!trust.ok) return trust.refusal.code;
  const declaredAt = connector.now();
  const declaration = await signJws(signerFor(connector, trust.value), {
    typ: 'praya-declaration+jws',
    payload: {
      iss: connector.config.organisation,
      aud: trust.value.issuer,
      jti: newId('dec', declaredAt),
      iat: Math.floor(declaredAt.getTime() / 1000),
      services: declarationsOf(connector, declaredAt),
    },
  });
  const response = await send(`${connector.config.platformUrl}/exchange/v1/declarations`, {
    method: 'POST',
    headers: { 'content-type': 'application/jose', accept: 'application/json' },
    body: declaration,
    signal: AbortSignal.timeout(FETCH_MS),
  });
  if (response.ok) return 'accepted';
  return `${response.status} ${(await response.text()).slice(0, 500)}`;
}

function declarationsOf({ config, services }: Connector, declaredAt: Date): object[] {
  return [...services.values()].map(({ id, title, description, fields, schema, schemaDigest }) => ({
    id,
    provider: config.organisation,
    title,
    description,
    fields: [...fields.values()].map((field) => ({
      name: field.name,
      title: field.title,
      schema: field.schema,
    })),
    schema,
    schemaDigest,
    declaredAt: declaredAt.toISOString(),
  }));
}
