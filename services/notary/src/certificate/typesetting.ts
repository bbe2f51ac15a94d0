import type { Faces, Weight } from './fonts.ts';

/** Where is written, and with which fonts. */
export type Page = { readonly pdf: PDFKit.PDFDocument; readonly faces: Faces };
export type Style = { readonly size: number; readonly weight: Weight; readonly colour: string };
type Measure = Pick<Style, 'size' | 'weight'>;
/** Parts of one line, each in a face that has its letters. */
export type Line = readonly { readonly face: string; readonly text: string; readonly width: number }[];

export const LEADING = 1.45;
const BASELINE = 0.88;
// A Chinese character with the marks that may not begin a line, a word with its space, or space.
const PIECES =
  /[\u2E80-\u9FFF\uF900-\uFFEF\u{20000}-\u{3FFFF}][、，。；：！？）」』】]*|[^\s\u2E80-\u9FFF\uF900-\uFFEF\u{20000}-\u{3FFFF}]+\s*|\s+/gu;

/** Writes a text in the middle between two edges; answers how far down it came. */
export function writeCentred(
  page: Page,
  { text, y, left, right }: { text: string; y: number; left: number; right: number },
  style: Style,
): number {
  const lines = broken(page, text, { ...style, width: right - left });
  for (const [at, line] of lines.entries())
    writeLine(page, line, { x: (left + right - widthOf(line)) / 2, y: y + at * style.size * LEADING, style });
  return y + lines.length * style.size * LEADING;
}

/** Writes a text in lines; answers how far down it came. */
export function writeBlock(
  page: Page,
  { text, x, y, width }: { text: string; x: number; y: number; width: number },
  style: Style,
): number {
  const lines = broken(page, text, { ...style, width });
  for (const [at, line] of lines.entries())
    writeLine(page, line, { x, y: y + at * style.size * LEADING, style });
  return y + lines.length * style.size * LEADING;
}

/** Writes one line. */
export function writeLine({ pdf }: Page, line: Line, about: { x: number; y: number; style: Style }): void {
  const { style, y } = about;
  let { x } = about;
  for (const { face, text, width } of line) {
    pdf.font(face).fontSize(style.size).fillColor(style.colour);
    pdf.text(text, x, y + style.size * BASELINE, { lineBreak: false, baseline: 'alphabetic' });
    x += width;
  }
}

/** How wide a line is. */
export function widthOf(line: Line): number {
  return line.reduce((sum, { width }) => sum + width, 0);
}

/** A text in lines: broken after a space, between two Chinese characters, or anywhere in a word too long for a line. */
export function broken(page: Page, text: string, about: Measure & { width: number }): Line[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.match(PIECES) ?? []) {
    for (const part of fitting(page, piece, about)) {
      if (line !== '' && measured(page, line + part.trimEnd(), about) > about.width) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += part;
    }
  }
  return [...lines, line.trimEnd()].filter((one) => one !== '').map((one) => lineOf(page, one, about));
}

// A word that no line can hold is cut; a digest or an address may be one.
function fitting(page: Page, piece: string, about: Measure & { width: number }): string[] {
  if (measured(page, piece.trimEnd(), about) <= about.width) return [piece];
  const parts: string[] = [];
  let part = '';
  for (const character of piece) {
    if (part !== '' && measured(page, part + character, about) > about.width) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}

function measured(page: Page, text: string, style: Measure): number {
  return widthOf(lineOf(page, text, style));
}

function lineOf({ pdf, faces }: Page, text: string, { size, weight }: Measure): Line {
  return faces.runsOf(text, weight).map(({ face, text: run }) => {
    pdf.font(face).fontSize(size);
    return { face, text: run, width: pdf.widthOfString(run) };
  });
}
