import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A package of the workspace: its name, its folder from the root, and its manifest. */
export type Package = {
  readonly name: string;
  readonly folder: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
};

/** One import as it is written. `erased` is true where nothing of it is left at run time. */
export type Import = { readonly from: string; readonly to: string; readonly erased: boolean };

type Manifest = {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

const ROOT = join(import.meta.dirname, '..', '..');
const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.praya', 'coverage']);
const FROM = /^\s*(?:import|export)\s+(type\s)?[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]/gm;
const BARE = /^\s*import\s+['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** The path of the checkout's root. */
export const root: string = ROOT;

/** Every file of ours, as paths from the root with forward slashes. */
export const files: readonly string[] = list(ROOT).sort();

/** The root manifest, then one per workspace package. */
export const packages: readonly Package[] = ['.', ...workspaceFolders()].map(readPackage);

/** The text of a file of ours. */
export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Every import of a TypeScript file. */
export function importsOf(file: string): readonly Import[] {
  return importsIn(textOf(file), file);
}

/** Every import of a text, in each of the forms that TypeScript has. */
export function importsIn(text: string, from: string): readonly Import[] {
  return [
    ...Array.from(text.matchAll(FROM), ([, type, to = '']) => ({ from, to, erased: type !== undefined })),
    ...Array.from(text.matchAll(BARE), ([, to = '']) => ({ from, to, erased: false })),
    ...Array.from(text.matchAll(DYNAMIC), ([, to = '']) => ({ from, to, erased: false })),
  ];
}

/** The package that a file belongs to, the root's own where no workspace claims it. */
export function packageOf(file: string): Package {
  const owner = packages.find(({ folder }) => folder !== '.' && file.startsWith(`${folder}/`));
  const found = owner ?? packages[0];
  if (found === undefined) throw new Error('The root has no package.json');
  return found;
}

/** The file of ours that an import leads to; undefined for what is not ours. */
export function resolveImport({ from, to }: Import): string | undefined {
  if (to.startsWith('.')) return toPath(join(from, '..', to.replace(/\?.*$/, '')));
  const [, name, door] = /^(@praya\/[a-z-]+)\/(.+)$/.exec(to) ?? [];
  const target = packages.find((candidate) => candidate.name === name);
  return target && door !== undefined ? throughDoor(target, door) : undefined;
}

/** What a file runs with, through every import that is left at run time: its own files and the names of others. */
export function reachableFrom(starts: readonly string[]): { files: Set<string>; foreign: readonly Import[] } {
  const seen = new Set(starts);
  const foreign: Import[] = [];
  for (const file of seen) {
    if (!/\.tsx?$/.test(file) || !existsSync(join(ROOT, file))) continue;
    for (const one of importsOf(file)) {
      if (one.erased) continue;
      const target = resolveImport(one);
      if (target === undefined) foreign.push(one);
      else seen.add(target);
    }
  }
  return { files: seen, foreign };
}

/** Every installed package's manifest, nested ones included. */
export function installedManifests(): readonly { folder: string; manifest: Record<string, unknown> }[] {
  return installedFolders(join(ROOT, 'node_modules')).map((folder) => ({
    folder: toPath(relative(ROOT, folder)),
    manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  }));
}

// Workspace packages are links here; they are read where they live.
function installedFolders(modules: string): string[] {
  if (!existsSync(modules)) return [];
  return readdirSync(modules, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const folder = join(modules, entry.name);
      if (entry.name.startsWith('@')) return installedFolders(folder);
      const own = existsSync(join(folder, 'package.json')) ? [folder] : [];
      return [...own, ...installedFolders(join(folder, 'node_modules'))];
    });
}

function list(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return list(path);
    return entry.isFile() ? [toPath(relative(ROOT, path))] : [];
  });
}

function workspaceFolders(): string[] {
  const { workspaces = [] } = readManifest('.');
  return workspaces.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    return readdirSync(join(ROOT, parent))
      .map((name) => `${parent}/${name}`)
      .filter((folder) => existsSync(join(ROOT, folder, 'package.json')));
  });
}

function readPackage(folder: string): Package {
  const {
    name,
    exports = {},
    dependencies = {},
    devDependencies = {},
    optionalDependencies = {},
  } = readManifest(folder);
  return { name, folder, exports, dependencies, devDependencies, optionalDependencies };
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
}

function throughDoor(target: Package, door: string): string | undefined {
  const exact = target.exports[`./${door}`];
  if (exact !== undefined) return toPath(join(target.folder, exact));
  for (const [pattern, path] of Object.entries(target.exports)) {
    const prefix = pattern.slice(2, -1);
    if (!pattern.endsWith('*') || !door.startsWith(prefix)) continue;
    return toPath(join(target.folder, path.replace('*', door.slice(prefix.length))));
  }
  return undefined;
}

function toPath(path: string): string {
  return path.split(sep).join('/');
}
