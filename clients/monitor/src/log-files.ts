import { decodeEntries } from '@praya/tlog/entry-bundle';
import { HASH_BYTES } from '@praya/tlog/merkle-hash';
import { NOTE_MAX_LENGTH } from '@praya/tlog/note';
import { TILE_WIDTH, type Tile, tilePath } from '@praya/tlog/tiles';

/** Nobody answers, or not with a file. */
export class Unreachable extends Error {
  override name = 'Unreachable';
}

/** What answers is larger than any such file may be. */
class TooLarge extends Unreachable {}

/** A file that every log of this size has, and this one has not, or not whole. */
export class FileWrong extends Error {
  override name = 'FileWrong';
  readonly path: string;
  constructor(path: string, why: string) {
    super(why);
    this.path = path;
  }
}

/**
 * The public files of a log.
 *
 * Errors  Unreachable; of tiles and bundles also FileWrong
 */
export type LogFiles = {
  readonly url: string;
  checkpoint(): Promise<string>;
  /** Exactly `width` hashes. */
  tile(tile: Tile & { readonly level: number }): Promise<Uint8Array>;
  /** Exactly `width` entries. */
  bundle(at: { readonly index: number; readonly width: number }): Promise<readonly Uint8Array[]>;
};

const BUNDLE_MAX_BYTES = TILE_WIDTH * (2 + 0xffff);
const TRIES = 3;
const PAUSE_MS = 200;

/**
 * Reads a log from its monitoring prefix, or from anywhere that has the same files.
 *
 * Source  C2SP tlog-tiles; a partial tile that is gone is read from the full one
 */
export function openLogFiles(url: string, ask: typeof fetch, patienceMs = 20_000): LogFiles {
  const base = url.replace(/\/+$/, '');
  const read = (path: string, maxBytes: number) => readUrl(`${base}/${path}`, { ask, maxBytes, patienceMs });

  async function readTile(tile: Tile, maxBytes: number): Promise<Uint8Array> {
    const path = tilePath(tile);
    const bytes = await read(path, maxBytes).catch((error: unknown) => {
      throw error instanceof TooLarge ? new FileWrong(path, 'It is too long.') : error;
    });
    if (bytes !== null) return bytes;
    const full =
      tile.width < TILE_WIDTH ? await read(tilePath({ ...tile, width: TILE_WIDTH }), maxBytes) : null;
    if (full === null) throw new FileWrong(path, 'It is missing.');
    return full;
  }

  return {
    url: base,
    checkpoint: async () => {
      const bytes = await read('checkpoint', NOTE_MAX_LENGTH * 3);
      if (bytes === null) throw new Unreachable(`${base}/checkpoint answers 404`);
      return textOf(bytes);
    },
    tile: async (tile) => {
      const bytes = await readTile(tile, TILE_WIDTH * HASH_BYTES);
      const wanted = tile.width * HASH_BYTES;
      const isFull = bytes.length === TILE_WIDTH * HASH_BYTES;
      if (bytes.length !== wanted && !isFull)
        throw new FileWrong(tilePath(tile), `It has ${bytes.length} bytes, not ${wanted}.`);
      return bytes.subarray(0, wanted);
    },
    bundle: async ({ index, width }) => {
      const tile: Tile = { level: 'entries', index, width };
      const entries = decodeEntries(await readTile(tile, BUNDLE_MAX_BYTES));
      if (!entries.ok) throw new FileWrong(tilePath(tile), 'It is no bundle of entries.');
      const { length } = entries.value;
      if (length !== width && length !== TILE_WIDTH)
        throw new FileWrong(tilePath(tile), `It has ${length} entries, not ${width}.`);
      return entries.value.slice(0, width);
    },
  };
}

/**
 * The bytes at an address; null where there are none (404, 410).
 *
 * Errors  Unreachable, after three tries
 */
export async function readUrl(
  url: string,
  by: { readonly ask: typeof fetch; readonly maxBytes: number; readonly patienceMs: number },
): Promise<Uint8Array | null> {
  for (let turn = 1; ; turn += 1) {
    const answer = await tryUrl(url, by);
    if (answer.kind === 'bytes') return answer.bytes;
    if (answer.kind === 'large') throw new TooLarge(`${url} answers too much`);
    if (answer.kind === 'never' || turn === TRIES) throw new Unreachable(`${url}: ${answer.why}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * turn));
  }
}

type Answer =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array | null }
  | { readonly kind: 'large' }
  | { readonly kind: 'again' | 'never'; readonly why: string };

async function tryUrl(url: string, by: Parameters<typeof readUrl>[1]): Promise<Answer> {
  try {
    const response = await by.ask(url, { signal: AbortSignal.timeout(by.patienceMs) });
    if (response.status === 404 || response.status === 410) {
      await response.body?.cancel();
      return { kind: 'bytes', bytes: null };
    }
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      const isPassing = response.status === 429 || response.status >= 500;
      return { kind: isPassing ? 'again' : 'never', why: `answers ${response.status}` };
    }
    const bytes = await upTo(response.body, by.maxBytes);
    return bytes === null ? { kind: 'large' } : { kind: 'bytes', bytes };
  } catch (error) {
    return { kind: 'again', why: reasonOf(error) };
  }
}

async function upTo(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) return null;
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : new Uint8Array(Buffer.concat(chunks));
}

/** What fetch throws hides its reason one level down. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

/** Text as it came; what is not UTF-8 is no note, and will be refused as one. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
