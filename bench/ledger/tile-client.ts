import { hash } from 'node:crypto';
import { Agent, get } from 'node:http';
import { parseCheckpoint } from '@praya/tlog/checkpoint';
import { buildInclusionProof, inclusionNodes, verifyInclusion } from '@praya/tlog/inclusion-proof';
import { HASH_BYTES } from '@praya/tlog/merkle-hash';
import { createTileReader, TILE_WIDTH, type Tile, tileOfNode, tilePath, tileWidth } from '@praya/tlog/tiles';

/** A stranger who checks entries of a log with nothing but its checkpoint and its tiles. */
export type TileClient = {
  /** Fetches what is missing, builds the proof and checks it. Answers how many bytes were fetched. */
  prove(index: number): Promise<number>;
  readonly size: number;
  readonly checkpointBytes: number;
  close(): void;
};

const hasher = (bytes: Uint8Array): Uint8Array => Buffer.from(hash('sha256', bytes, 'latin1'), 'latin1');

/** Fetches the checkpoint of a log. A client that keeps, remembers every tile above the leaves and the right edge. */
export async function openTileClient(about: {
  readonly prefix: string;
  readonly keeps: boolean;
  readonly connections: number;
}): Promise<TileClient> {
  const agent = new Agent({ keepAlive: true, maxSockets: about.connections });
  const fetchFile = (path: string) => fetchBytes(`${about.prefix}/${path}`, agent);
  const note = Buffer.from(await fetchFile('checkpoint')).toString();
  const checkpoint = parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1));
  if (!checkpoint.ok) throw new Error(checkpoint.refusal.code);
  const { size, root } = checkpoint.value;
  const kept = new Map<string, Uint8Array>();

  const tilesFor = async (index: number) => {
    const tiles = new Map<string, Uint8Array>();
    const fetched = await Promise.all(
      wantedTiles(index, size).map(async (tile) => {
        const path = tilePath(tile);
        const known = kept.get(path);
        const bytes = known ?? (await fetchFile(path));
        if (bytes.length !== tile.width * HASH_BYTES) throw new Error(`${path} has ${bytes.length} bytes`);
        if (about.keeps && (tile.level !== 0 || tile.width < TILE_WIDTH)) kept.set(path, bytes);
        tiles.set(`${tile.level}/${tile.index}`, bytes);
        return known === undefined ? bytes.length : 0;
      }),
    );
    return { tiles, bytes: fetched.reduce((sum, one) => sum + one, 0) };
  };

  return {
    size,
    checkpointBytes: Buffer.byteLength(note),
    close: () => agent.destroy(),
    prove: async (index) => {
      const { tiles, bytes } = await tilesFor(index);
      const read = createTileReader(hasher, (level, at) => tiles.get(`${level}/${at}`) ?? new Uint8Array(0));
      const proof = buildInclusionProof(hasher, read, { index, size });
      if (!proof.ok) throw new Error(proof.refusal.code);
      const claim = { index, size, leafHash: read(0, index), proof: proof.value, root };
      const checked = verifyInclusion(hasher, claim);
      if (!checked.ok) throw new Error(`Entry ${index}: ${checked.refusal.code}`);
      return bytes;
    },
  };
}

function wantedTiles(index: number, size: number): Tile[] {
  const nodes = inclusionNodes({ index, size });
  if (!nodes.ok) throw new Error(nodes.refusal.code);
  const wanted = new Map<string, Tile>();
  for (const node of [...nodes.value, { level: 0, index }]) {
    const at = tileOfNode(node);
    wanted.set(`${at.level}/${at.index}`, { ...at, width: Math.min(TILE_WIDTH, tileWidth(at, size)) });
  }
  return [...wanted.values()];
}

function fetchBytes(url: string, agent: Agent): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        response.statusCode === 200
          ? resolve(Buffer.concat(chunks))
          : reject(new Error(`${url} answered ${response.statusCode}`)),
      );
    }).once('error', reject);
  });
}
