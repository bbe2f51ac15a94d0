import type { Database } from '@praya/kernel/database';
import { createDirectoryTiles } from './directory-tiles.ts';
import { createPostgresTiles } from './postgres-tiles.ts';
import { createS3Tiles } from './s3-tiles.ts';
import type { TileStore } from './tile-store.ts';

/** Where the tiles of the logs are. */
export type TilesPlace =
  | { readonly kind: 'postgres' }
  | { readonly kind: 'directory'; readonly path: string }
  | {
      readonly kind: 's3';
      readonly endpoint: string;
      readonly region: string;
      readonly bucket: string;
      readonly prefix: string;
    };

type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };

/**
 * The store at a place.
 *
 * Errors  throws on an object store without credentials
 */
export function openTiles(db: Database, place: TilesPlace, credentials?: Credentials): TileStore {
  if (place.kind === 'postgres') return createPostgresTiles(db);
  if (place.kind === 'directory') return createDirectoryTiles(place.path);
  if (credentials === undefined)
    throw new Error('Tiles in an object store need PRAYA_S3_ACCESS_KEY_ID and PRAYA_S3_SECRET_ACCESS_KEY');
  return createS3Tiles({ ...place, credentials });
}
