import { renew, sendUnder } from '@praya/city/play/bank';
import type { Receipt } from '@praya/exchange/contract';
import { fetchData } from '@praya/relying-party/fetch-data';
import type { Consented, Scene } from './scene.ts';

export type Service = 'persons.particulars' | 'rates.address';

/** One question of the bank and what came of it. `status` is 0 where no answer came. */
export type Exchanged = {
  readonly consentId: string;
  readonly service: Service;
  readonly request: string;
  readonly status: number;
  /** null where the answer was there and every check of it held */
  readonly code: string | null;
  readonly receipt: Receipt | null;
};

/** Asks the exchange once, and checks the whole answer as a bank does, its receipt too. */
export async function exchangeOnce(
  scene: Scene,
  about: { readonly consented: Consented; readonly service: Service },
): Promise<Exchanged> {
  const { consented, service } = about;
  const { bank, origin: issuer, anchor } = scene;
  const { granted, consentId } = consented;
  const send = sendUnder(bank, granted);
  let [request, status] = ['', 0];
  const answer = await fetchData({
    issuer,
    anchor,
    clientId: bank.clientId,
    signingKey: bank.keys.signing,
    encryptionKey: bank.keys.encryption,
    consentId,
    service,
    expectedFields: granted.details[0]?.services.find(({ id }) => id === service)?.fields ?? [],
    send: async (url, init) => {
      request = JSON.parse(init.body).request;
      const response = await send(url, init);
      const body = await response.arrayBuffer();
      // Only with its last byte has it been received.
      status = response.status;
      return new Response(body, { status, headers: response.headers });
    },
  });
  return {
    consentId,
    service,
    request,
    status,
    code: answer.ok ? null : answer.problem.code,
    receipt: answer.ok ? (answer.value.receipt as unknown as Receipt) : null,
  };
}

/** Sends a request of before once more, under the token of now; answers status and code. */
export async function sendAgain(
  scene: Scene,
  about: { readonly consented: Consented; readonly request: string },
): Promise<{ status: number; code: string }> {
  const response = await sendUnder(scene.bank, about.consented.granted)(
    new URL(`${scene.origin}/exchange/v1/requests`),
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ request: about.request }),
    },
  );
  const body = (await response.json()) as { code?: string };
  return { status: response.status, code: body.code ?? '' };
}

/** Another access token, where the one at hand has ended; false while the city gives none. */
export async function renewToken(scene: Scene, consented: Consented): Promise<boolean> {
  try {
    consented.granted = await renew(scene.bank, consented.granted);
    return true;
  } catch {
    return false;
  }
}
