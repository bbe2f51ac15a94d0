import { join, resolve } from 'node:path';
import { parseSettings } from '@praya/kernel/config';
import { type Static, Type } from 'typebox';

const Settings = Type.Object({
  PRAYA_ENV: Type.Union([Type.Literal('demonstration'), Type.Literal('production')], {
    default: 'demonstration',
  }),
  PRAYA_ORIGIN: Type.Optional(Type.String({ pattern: '^https?://[^/]+$' })),
  PRAYA_PORT: Type.Integer({ minimum: 1, maximum: 65_535, default: 8080 }),
  PRAYA_DATA: Type.String({ default: '.praya' }),
  PRAYA_WORKERS: Type.Integer({ minimum: 1, maximum: 64, default: 2 }),
  PRAYA_RESIDENTS: Type.Integer({ minimum: 100, maximum: 1_000_000, default: 10_000 }),
  DATABASE_URL: Type.Optional(Type.String({ pattern: '^postgres(ql)?://' })),
});

/** The settings of the command line, from the environment. Ports of the demonstration count up from PRAYA_PORT. */
export type Settings = Static<typeof Settings> & { readonly dataDirectory: string; readonly root: string };

/** Reads the environment once. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const root = resolve(import.meta.dirname, '..', '..', '..');
  const settings = parseSettings(Settings, environment);
  return { ...settings, root, dataDirectory: resolve(root, settings.PRAYA_DATA) };
}

/** A path below the data directory. */
export function dataPath(settings: Settings, ...parts: readonly string[]): string {
  return join(settings.dataDirectory, ...parts);
}
