import type { CheckpointView } from './explorer-requests.ts';

/** One moment of a log: when, and how many entries were published. */
export type Moment = { readonly at: number; readonly size: number };

export type Growth = {
  /** oldest first */
  readonly moments: readonly Moment[];
  readonly lowest: number;
  readonly highest: number;
};

/** The log's sizes over time; with the instant of its opening, when it had none. Null for fewer than two moments. */
export function growthOf(checkpoints: readonly CheckpointView[], openedAt: string | null): Growth | null {
  const published = checkpoints.map(({ publishedAt, size }) => ({ at: Date.parse(publishedAt), size }));
  const opening = openedAt === null ? [] : [{ at: Date.parse(openedAt), size: 0 }];
  const moments = [...opening, ...published].sort((a, b) => a.at - b.at || a.size - b.size);
  const [first] = moments;
  const last = moments.at(-1);
  if (first === undefined || last === undefined || moments.length < 2 || first.at === last.at) return null;
  return { moments, lowest: first.size, highest: last.size };
}

export const WIDTH = 1000;
export const HEIGHT = 300;

/** The stairs of a growth in a box of 1000 by 300: a checkpoint stands until the next. */
export function stairsOf({ moments, lowest, highest }: Growth): string {
  const [first] = moments;
  const last = moments.at(-1);
  if (first === undefined || last === undefined) return '';
  const x = (at: number) => round(((at - first.at) / (last.at - first.at)) * WIDTH);
  const y = (size: number) => round(HEIGHT - ((size - lowest) / Math.max(1, highest - lowest)) * HEIGHT);
  const steps = moments.slice(1).map(({ at, size }) => `H${x(at)}V${y(size)}`);
  return `M0 ${y(first.size)}${steps.join('')}`;
}

/** At most so many moments, evenly chosen, the first and the last among them. */
export function sampleOf(moments: readonly Moment[], most: number): readonly Moment[] {
  if (moments.length <= most) return moments;
  const stride = (moments.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, at) => moments[Math.round(at * stride)]).filter(
    (moment) => moment !== undefined,
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
