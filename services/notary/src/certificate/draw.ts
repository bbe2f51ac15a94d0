import type { Language } from '@praya/kernel/language';
import PDFDocument from 'pdfkit';
import { encode } from 'uqr';
import type { RecordState } from '../records/contract.ts';
import type { CertificateContent } from './content.ts';
import { cutFonts, type Weight } from './fonts.ts';
import { broken, LEADING, type Page, widthOf, writeBlock, writeCentred, writeLine } from './typesetting.ts';

const PAGE = { width: 595.28, height: 841.89 } as const;
const EDGE = 64;
const MIDDLE = { left: EDGE, right: 595.28 - EDGE } as const;
const LABEL_WIDTH = 112;
const QR_SIZE = 118;
const FOOT = 216;
const INK = '#14213d';
const SOFT = '#5b6472';
const GOLD = '#a8842c';
const RULE = '#d8d3c4';
const STATE_COLOURS: Readonly<Record<RecordState, string>> = {
  active: '#1d6b3f',
  pending: '#8a5a00',
  suspended: '#8a5a00',
  expired: '#5b6472',
  revoked: '#9b1c1c',
  rejected: '#9b1c1c',
  erased: '#5b6472',
};

/** Draws a certificate: one page of A4 whose text can be selected, with only the letters that it needs. */
export async function drawCertificate(
  content: CertificateContent,
  about: { readonly language: Language; readonly at: Date },
): Promise<Uint8Array> {
  const faces = await cutFonts(textsOf(content), about.language);
  const pdf = new PDFDocument({
    size: 'A4',
    margin: 0,
    lang: about.language,
    displayTitle: true,
    info: { Title: `${content.heading} · ${content.title}`, Author: content.issuer, CreationDate: about.at },
  });
  for (const [face, font] of faces.fonts) pdf.registerFont(face, font);
  const page: Page = { pdf, faces };
  drawFrame(page);
  const top = drawHead(page, content);
  drawRows(page, content, top);
  drawFoot(page, content);
  pdf.end();
  const parts: Buffer[] = [];
  for await (const part of pdf) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function textsOf(content: CertificateContent): { text: string; weight: Weight }[] {
  const { issuer, heading, status, title, rows, proof, scope, scan, url } = content;
  const bold = [issuer, heading, status, title, scan, url];
  const plain = [proof, scope, url, ...rows.flatMap(({ label, value }) => [label, value])];
  return [
    ...bold.map((text) => ({ text, weight: 700 as const })),
    ...plain.map((text) => ({ text: `${text} …`, weight: 400 as const })),
  ];
}

function drawFrame({ pdf }: Page): void {
  pdf.rect(0, 0, PAGE.width, PAGE.height).fill('#fdfcf7');
  pdf
    .lineWidth(2.4)
    .rect(28, 28, PAGE.width - 56, PAGE.height - 56)
    .stroke(INK);
  pdf
    .lineWidth(0.8)
    .rect(35, 35, PAGE.width - 70, PAGE.height - 70)
    .stroke(GOLD);
  for (const [x, y] of [
    [35, 35],
    [PAGE.width - 35, 35],
    [35, PAGE.height - 35],
    [PAGE.width - 35, PAGE.height - 35],
  ] as const) {
    pdf.save().translate(x, y).rotate(45).rect(-5, -5, 10, 10).fill(GOLD).restore();
  }
}

/** The issuer, what this is, of what, and how it stands; answers how far down it came. */
function drawHead(page: Page, { issuer, heading, title, status, state }: CertificateContent): number {
  const { pdf } = page;
  let y = writeCentred(page, { text: issuer, y: 82, ...MIDDLE }, { size: 15, weight: 700, colour: INK });
  pdf
    .lineWidth(1)
    .moveTo(PAGE.width / 2 - 60, y + 8)
    .lineTo(PAGE.width / 2 + 60, y + 8)
    .stroke(GOLD);
  y = writeCentred(page, { text: heading, y: y + 24, ...MIDDLE }, { size: 29, weight: 700, colour: INK });
  y = writeCentred(page, { text: title, y: y + 14, ...MIDDLE }, { size: 16, weight: 700, colour: '#2c3a5a' });
  return drawBadge(page, { status, colour: STATE_COLOURS[state], y: y + 12 }) + 22;
}

function drawBadge(page: Page, { status, colour, y }: { status: string; colour: string; y: number }): number {
  const style = { size: 13, weight: 700, colour: '#ffffff' } as const;
  const [line = []] = broken(page, status, { ...style, width: 300 });
  const width = widthOf(line) + 36;
  page.pdf.roundedRect((PAGE.width - width) / 2, y, width, 27, 13.5).fill(colour);
  writeLine(page, line, { x: (PAGE.width - width) / 2 + 18, y: y + 6.5, style });
  return y + 27;
}

function drawRows(page: Page, { rows }: CertificateContent, top: number): void {
  const bottom = PAGE.height - FOOT - 24;
  const width = PAGE.width - 2 * EDGE - LABEL_WIDTH;
  // A long title and a long chain must still fit: the letters become smaller before a row is left out.
  const sizes = [10.5, 9.5, 8.5, 7.5];
  const heightAt = (size: number) =>
    rows.reduce(
      (sum, { value }) => sum + broken(page, value, { size, weight: 400, width }).length * size * LEADING + 7,
      0,
    );
  const size = sizes.find((one) => top + heightAt(one) <= bottom) ?? 7.5;
  let y = top;
  for (const { label, value } of rows) {
    const lines = broken(page, value, { size, weight: 400, width });
    const height = lines.length * size * LEADING + 7;
    if (y + height > bottom) return;
    page.pdf
      .lineWidth(0.5)
      .moveTo(EDGE, y)
      .lineTo(PAGE.width - EDGE, y)
      .stroke(RULE);
    const [first = []] = broken(page, label, { size, weight: 400, width: LABEL_WIDTH });
    writeLine(page, first, { x: EDGE, y: y + 4.5, style: { size, weight: 400, colour: SOFT } });
    for (const [at, line] of lines.entries())
      writeLine(page, line, {
        x: EDGE + LABEL_WIDTH,
        y: y + 4.5 + at * size * LEADING,
        style: { size, weight: 400, colour: INK },
      });
    y += height;
  }
}

function drawFoot(page: Page, { proof, scope, scan, url }: CertificateContent): void {
  const top = PAGE.height - FOOT;
  page.pdf
    .lineWidth(1)
    .moveTo(EDGE, top - 14)
    .lineTo(PAGE.width - EDGE, top - 14)
    .stroke(GOLD);
  drawQr(page, url, { x: EDGE, y: top });
  const x = EDGE + QR_SIZE + 22;
  const width = PAGE.width - EDGE - x;
  let y = writeBlock(page, { text: scan, x, y: top - 2, width }, { size: 11, weight: 700, colour: INK });
  y = writeBlock(page, { text: url, x, y: y + 2, width }, { size: 9, weight: 400, colour: '#1d4e89' });
  page.pdf.link(x, top - 2, width, y - top + 2, url);
  y = writeBlock(page, { text: proof, x, y: y + 7, width }, { size: 8.5, weight: 400, colour: SOFT });
  writeBlock(page, { text: scope, x, y: y + 5, width }, { size: 8.5, weight: 400, colour: SOFT });
}

function drawQr({ pdf }: Page, url: string, { x, y }: { x: number; y: number }): void {
  const { data, size } = encode(url, { ecc: 'M', border: 2 });
  const unit = QR_SIZE / size;
  pdf.rect(x, y, QR_SIZE, QR_SIZE).fill('#ffffff');
  for (const [row, cells] of data.entries())
    for (const [column, dark] of cells.entries())
      if (dark) pdf.rect(x + column * unit, y + row * unit, unit + 0.05, unit + 0.05);
  pdf.fill('#000000');
  pdf.lineWidth(0.8).rect(x, y, QR_SIZE, QR_SIZE).stroke(RULE);
}
