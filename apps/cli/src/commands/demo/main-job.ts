import { lookForPersonalData } from '@praya/city/play/blindness';
import { playMainJob } from '@praya/city/play/main-job';
import { startTappedCity } from '@praya/city/play/tapped-city';
import type { Invocation } from '../command.ts';

const RESIDENTS = 400;

/** Plays the main job in a city of its own, and looks for what the gateway could have read. */
export async function demoMainJob({ json }: Invocation): Promise<number> {
  const say = (line: string) => (json ? console.error(line) : console.log(line));
  say(`Starting a city of ${RESIDENTS} residents …`);
  await using tapped = await startTappedCity({ residents: RESIDENTS });
  const { origin, dataDirectory } = tapped.city;
  const place = { origin, dataDirectory, residents: RESIDENTS, seed: 'praya' };
  const { delivered, ...job } = await playMainJob(place, (name, ms) =>
    say(`${String(ms).padStart(6)} ms  ${name}`),
  );
  const databaseUrl = tapped.city.databaseUrl();
  const blindness = await lookForPersonalData({
    delivered,
    wire: tapped.wire(),
    databaseUrl,
    dataDirectory,
  });
  const gatewayCouldRead = blindness.findings.length > 0;
  const { bytesOnTheWire, rowsKept, sealedMessages, keysTried } = blindness;
  say(
    `\nLooked through ${bytesOnTheWire} bytes on the wires, ${rowsKept} rows and the logs for what was delivered,` +
      ` and tried ${keysTried} keys on ${sealedMessages} sealed messages: ` +
      (gatewayCouldRead ? `FOUND ${blindness.findings.join('; ')}` : 'nothing the gateway could read.'),
  );
  say(`${job.proofsVerified} checks of receipts hold. Revoked after ${job.revokedAfterMs} ms.`);
  if (json) console.log(JSON.stringify({ ok: !gatewayCouldRead, ...job, gatewayCouldRead, blindness }));
  return gatewayCouldRead ? 1 : 0;
}
