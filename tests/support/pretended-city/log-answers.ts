import { encodeBase64 } from '@praya/tlog/base64';
import { type City, problem } from './city.ts';
import { good, type Handler } from './handler.ts';
import type { PretendedLog } from './pretended-log.ts';

const OPENED_AT = '2026-07-01T00:00:12Z';
const MINUTE_MS = 60_000;

function logOf(city: City, [tenant, shard]: readonly string[]): PretendedLog | undefined {
  return city.logs.find((log) => log.tenant === tenant && log.shard === shard);
}

/** When a checkpoint of a size was published: the log grows faster from hour to hour. */
function publishedAt(size: number, full: number): string {
  const share = full === 0 ? 0 : size / full;
  return new Date(Date.parse(OPENED_AT) + Math.sqrt(share) * 20_000 * MINUTE_MS).toISOString();
}

/** The sizes that were published, the newest first. */
function sizesOf(log: PretendedLog): readonly number[] {
  const full = log.entries.length;
  const sizes = new Set(Array.from({ length: 64 }, (_, at) => Math.round(full * (1 - at / 64) ** 2)));
  return [...sizes].filter((size) => size > 0);
}

function viewOf(city: City, log: PretendedLog) {
  const size = log.entries.length;
  const trouble = city.state.witnessTrouble;
  const witness = (place: number, about: object) => ({
    name: `witness-${place}.example`,
    size,
    lag: 0,
    cosignedAt: publishedAt(size, size),
    trouble: null,
    ...about,
  });
  return {
    origin: log.origin,
    tenant: log.tenant,
    shard: log.shard,
    vkey: log.vkey,
    openedAt: OPENED_AT,
    closedAt: null,
    sequenced: size === 0 ? 0 : size + 3,
    integrated: size,
    published: size,
    publishedAt: size === 0 ? null : publishedAt(size, size),
    halted: city.state.halted === log.tenant ? 'behind-witnesses' : null,
    quorum: { need: 2, of: 3 },
    witnesses:
      size === 0
        ? []
        : [
            witness(1, {}),
            witness(2, { size: Math.max(0, size - 40), lag: Math.min(size, 40) }),
            witness(3, trouble === null ? {} : { size: 0, lag: size, cosignedAt: null, trouble }),
          ],
  };
}

/** What anybody may ask of the logs. */
export const LOGS: Readonly<Record<string, Handler>> = {
  'GET /ledger/v1/logs': (city) =>
    good({ items: (city.state.noLogs ? [] : city.logs).map((log) => viewOf(city, log)) }),
  'GET /ledger/v1/logs/*/*/checkpoints': async (city, { parts, query }) => {
    const log = logOf(city, parts);
    if (log === undefined) return problem(404, 'ledger.log-unknown');
    const before = Number(query.get('before') ?? Number.POSITIVE_INFINITY);
    const limit = Number(query.get('limit') ?? 20);
    const all = sizesOf(log).filter((size) => size < before);
    const items = all.slice(0, limit).map(async (size, at) => ({
      size,
      root: encodeBase64(log.rootAt(size)),
      note: await log.checkpointAt(size, at % 3 === 1 ? 1 : 0),
      publishedAt: publishedAt(size, log.entries.length),
    }));
    return good({ items: await Promise.all(items), next: all.length > limit ? all[limit - 1] : null });
  },
  'GET /ledger/v1/logs/*/*/proofs/*': async (city, { parts }) => {
    const log = logOf(city, parts);
    if (log === undefined) return problem(404, 'ledger.log-unknown');
    const index = Number(parts[2]);
    const size = log.entries.length;
    if (index >= size) return problem(404, 'ledger.index-out-of-range');
    const proof = log.proofAt(index, size);
    const [first = '', ...rest] = proof;
    const forged = city.state.forgeProofs ? [encodeBase64(log.rootAt(1)), ...rest] : [first, ...rest];
    return good({
      origin: log.origin,
      index,
      proof: proof.length === 0 ? [] : forged,
      checkpoint: await log.checkpointAt(size, city.state.cosignersMissing),
    });
  },
  'GET /log/*/*/tile/entries/*': (city, { parts }) => bundle(city, parts, 256),
  'GET /log/*/*/tile/entries/*.p/*': (city, { parts }) => bundle(city, parts, Number(parts[3])),
};

function bundle(city: City, parts: readonly string[], width: number) {
  const bytes = logOf(city, parts)?.bundle(Number(parts[2]), width);
  return bytes === undefined || bytes === null ? problem(404, 'ledger.tile-unknown') : { status: 200, bytes };
}
