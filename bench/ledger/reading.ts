import { keepInFlight, round } from '../load.ts';
import { openTileClient, type TileClient } from './tile-client.ts';

const CONNECTIONS = 16;

/** What reading a log costs those who read. Units: bytes without HTTP headers. */
export type Reading = {
  readonly size: number;
  readonly coldProofsPerSecond: number;
  readonly coldP99Ms: number;
  readonly coldBytesPerProof: number;
  readonly keptProofsPerSecond: number;
  readonly keptP99Ms: number;
  readonly keptBytesPerProof: number;
};

/**
 * Proofs from static tiles over HTTP, each verified. Cold: every tile fetched anew for every proof.
 * Kept: tiles above the leaves fetched once, one tile of leaves for every proof.
 */
export async function measureReading(prefix: string, seconds: number): Promise<Reading> {
  const run = async (keeps: boolean) => {
    const client = await openTileClient({ prefix, keeps, connections: CONNECTIONS });
    if (keeps) await warmUp(client);
    let [bytes, proofs] = [0, 0];
    const measured = await keepInFlight({ inFlight: CONNECTIONS, seconds }, async () => {
      const fetched = await client.prove(Math.floor(Math.random() * client.size));
      bytes += fetched;
      proofs += 1;
    });
    client.close();
    const perProof = bytes / proofs + (keeps ? 0 : client.checkpointBytes);
    return { ...measured, bytesPerProof: round(perProof), size: client.size };
  };
  const [cold, kept] = [await run(false), await run(true)];
  return {
    size: cold.size,
    coldProofsPerSecond: cold.perSecond,
    coldP99Ms: cold.p99Ms,
    coldBytesPerProof: cold.bytesPerProof,
    keptProofsPerSecond: kept.perSecond,
    keptP99Ms: kept.p99Ms,
    keptBytesPerProof: kept.bytesPerProof,
  };
}

const LEAVES_BELOW_A_LEVEL_1_TILE = 65_536;

async function warmUp(client: TileClient): Promise<void> {
  for (let index = 0; index < client.size; index += LEAVES_BELOW_A_LEVEL_1_TILE) await client.prove(index);
  await client.prove(client.size - 1);
}
