import { setTimeout as sleep } from 'node:timers/promises';
import { type Exchanged, exchangeOnce, renewToken, type Service } from './exchanges.ts';
import type { Consented, Scene } from './scene.ts';

/** Exchanges of many residents at once, each counted and kept, until so many were acknowledged. */
export type Storm = {
  readonly sent: ReadonlyMap<string, number>;
  readonly acknowledged: readonly Exchanged[];
  readonly failures: ReadonlyMap<string, number>;
  /** One more exchange; a token that ended is renewed, so that the next one may go through. */
  attempt(consented: Consented, service: Service): Promise<Exchanged>;
  /** Settles when so many were acknowledged in all. */
  reach(count: number): Promise<void>;
  /** Lets the lanes go on until so many were acknowledged, and waits for them. */
  endAt(count: number): Promise<void>;
};

const SERVICES: readonly Service[] = ['persons.particulars', 'rates.address'];
const BREATH_MS = 400;
const STUCK_MS = 240_000;

/** The counter under which a consent's uses of a service are kept. */
export function useOf(about: { readonly consentId: string; readonly service: string }): string {
  return `${about.consentId} ${about.service}`;
}

/** Begins a storm: so many lanes, each asking again with a new request whatever the last one came to. */
export function beginStorm(
  scene: Scene,
  about: { readonly consents: readonly Consented[]; readonly inFlight: number },
): Storm {
  const sent = new Map<string, number>();
  const failures = new Map<string, number>();
  const acknowledged: Exchanged[] = [];
  let last = Number.POSITIVE_INFINITY;
  const giveUpAt = performance.now() + STUCK_MS;
  const attempt = async (consented: Consented, service: Service): Promise<Exchanged> => {
    const use = useOf({ consentId: consented.consentId, service });
    sent.set(use, (sent.get(use) ?? 0) + 1);
    const exchanged = await exchangeOnce(scene, { consented, service });
    if (exchanged.status === 200) acknowledged.push(exchanged);
    if (exchanged.code !== null) failures.set(exchanged.code, (failures.get(exchanged.code) ?? 0) + 1);
    if (exchanged.code === 'request.not-signed-in') await renewToken(scene, consented);
    return exchanged;
  };
  const mayGoOn = () => acknowledged.length < last && performance.now() < giveUpAt;
  const lane = async (position: number) => {
    const consented = about.consents[position % about.consents.length];
    if (consented === undefined) throw new Error('Nobody agreed');
    for (let turn = position; mayGoOn(); turn++) {
      const { status } = await attempt(consented, SERVICES[turn % SERVICES.length] ?? 'rates.address');
      if (status !== 200) await sleep(BREATH_MS);
    }
  };
  const lanes = Promise.all(Array.from({ length: about.inFlight }, (_, position) => lane(position)));
  const reach = async (count: number) => {
    while (acknowledged.length < count && performance.now() < giveUpAt) await sleep(20);
  };
  const endAt = async (count: number) => {
    last = count;
    await lanes;
  };
  return { sent, acknowledged, failures, attempt, reach, endAt };
}
