import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { Language } from '@praya/kernel/language';
import subsetFont from 'subset-font';

/** A family comes in slices of some hundred characters each; a weight is pinned when a slice is cut. */
type Family = {
  readonly name: string;
  readonly sliceOf: (character: string) => string | undefined;
  readonly read: (slice: string) => Buffer;
};

export type Weight = 400 | 700;
/** Part of a text that one slice can write. */
export type Run = { readonly face: string; readonly text: string };
/** The small fonts that hold exactly what a document writes, by the name of their face. */
export type Faces = {
  readonly fonts: ReadonlyMap<string, Buffer>;
  runsOf(text: string, weight: Weight): readonly Run[];
};

const NO_GLYPH = '\u25A1';
const require = createRequire(import.meta.url);
// Each family's table of slices; the slices lie in `files/` beside it.
const HONG_KONG = require.resolve('@fontsource-variable/noto-sans-hk/unicode.json');
const MAINLAND = require.resolve('@fontsource-variable/noto-sans-sc/unicode.json');
const families = new Map<string, Family>();

/** Cuts the fonts for texts: the language's own shapes first, another's for what it lacks, a box for what nobody has. */
export async function cutFonts(
  texts: readonly { readonly text: string; readonly weight: Weight }[],
  language: Language,
): Promise<Faces> {
  const order = language === 'zh-Hans' ? [MAINLAND, HONG_KONG] : [HONG_KONG, MAINLAND];
  const known = order.map(familyOf);
  const faceOf = (character: string, weight: Weight) => {
    for (const family of known) {
      const slice = family.sliceOf(character);
      if (slice !== undefined) return { family, slice, face: `${family.name} ${slice} ${weight}` };
    }
    return undefined;
  };
  const wanted = new Map<string, { family: Family; slice: string; weight: Weight; text: Set<string> }>();
  for (const { text, weight } of [...texts, { text: NO_GLYPH, weight: 400 as const }]) {
    for (const character of text) {
      const found = faceOf(character, weight);
      if (found === undefined) continue;
      const kept = wanted.get(found.face) ?? { ...found, weight, text: new Set() };
      wanted.set(found.face, kept);
      kept.text.add(character);
    }
  }
  const fonts = new Map<string, Buffer>();
  for (const [face, { family, slice, weight, text }] of wanted)
    fonts.set(face, await cut(family.read(slice), { text: [...text].join(''), weight }));
  return { fonts, runsOf: (text, weight) => runsOf(text, (character) => faceOf(character, weight)?.face) };
}

function cut(font: Buffer, { text, weight }: { text: string; weight: Weight }): Promise<Buffer> {
  return subsetFont(font, text, { targetFormat: 'sfnt', variationAxes: { wght: weight } });
}

function runsOf(text: string, faceOf: (character: string) => string | undefined): readonly Run[] {
  const runs: { face: string; text: string }[] = [];
  for (const character of text) {
    const own = faceOf(character);
    const [face = '', written] = own === undefined ? [faceOf(NO_GLYPH), NO_GLYPH] : [own, character];
    const last = runs.at(-1);
    if (last?.face === face) last.text += written;
    else runs.push({ face, text: written });
  }
  return runs;
}

function familyOf(table: string): Family {
  const known = families.get(table);
  if (known !== undefined) return known;
  const ranges = JSON.parse(readFileSync(table, 'utf8')) as Record<string, string>;
  const slices = new Map<number, string>();
  for (const [key, text] of Object.entries(ranges)) {
    const slice = key.replaceAll(/[[\]]/g, '');
    for (const [from, to] of text.split(',').map(boundsOf)) {
      // Of two slices with one character the named ones (latin) come last and hold it whole.
      for (let code = from; code <= to; code++) slices.set(code, slice);
    }
  }
  const folder = dirname(table);
  const file = basename(folder);
  const family: Family = {
    name: file,
    sliceOf: (character) => slices.get(character.codePointAt(0) ?? 0),
    read: (slice) => readFileSync(join(folder, 'files', `${file}-${slice}-wght-normal.woff2`)),
  };
  families.set(table, family);
  return family;
}

function boundsOf(range: string): [number, number] {
  const [from = '', to = from] = range.trim().replace('U+', '').split('-');
  return [Number.parseInt(from, 16), Number.parseInt(to, 16)];
}
