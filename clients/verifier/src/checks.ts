import { type Checked, unproven, type VerifierCode } from './checked.ts';

/** The documents whose proofs are named one by one. */
export type Document = 'receipt' | 'notarisation' | 'proof' | 'statement';

/** What a check says when it does not hold; `not-checked` when a piece that it leans on does not hold. */
export type CheckCode<
  D extends Document,
  N extends string,
> = `${D}.${N}-${'missing' | 'wrong' | 'not-checked'}`;

/** One proof of a document. `detail` is the reason of `wrong`, or the check that `not-checked` leans on. */
export type Check<D extends Document = Document, N extends string = string> = {
  readonly name: N;
  readonly ok: boolean;
  readonly code?: CheckCode<D, N>;
  readonly detail?: VerifierCode | N;
};

/** A value that an earlier check proved, or the name of that check when it did not. */
export type Proof<T, N extends string = string> = { readonly from: N; readonly value: T | null };

/** The document that is being checked, and what was found so far. */
export type Findings<D extends Document, N extends string> = {
  readonly document: D;
  readonly checks: Check<D, N>[];
};

type Needs<N extends string> = { readonly [name: string]: Proof<unknown, N> };
type Given<R extends Needs<string>> = { readonly [K in keyof R]: NonNullable<R[K]['value']> };

/** Runs one check, writes down how it went, and answers what it proved. A fault counts as wrong. */
export async function examine<D extends Document, N extends string, T, R extends Needs<N>>(
  { document, checks }: Findings<D, N>,
  about: { readonly name: N; readonly pieces: readonly unknown[]; readonly needs: R },
  run: (given: Given<R>) => Promise<Checked<T>>,
): Promise<Proof<T, N>> {
  const { name, pieces, needs } = about;
  const nothing = { from: name, value: null };
  if (pieces.some((piece) => piece === null || piece === undefined)) {
    checks.push({ name, ok: false, code: `${document}.${name}-missing` });
    return nothing;
  }
  const unmet = Object.values(needs).find(({ value }) => value === null);
  if (unmet !== undefined) {
    checks.push({ name, ok: false, code: `${document}.${name}-not-checked`, detail: unmet.from });
    return nothing;
  }
  const given = Object.fromEntries(Object.entries(needs).map(([need, { value }]) => [need, value]));
  const answer = await withoutFault(() => run(given as Given<R>));
  if (!answer.ok) {
    checks.push({ name, ok: false, code: `${document}.${name}-wrong`, detail: answer.refusal.code });
    return nothing;
  }
  checks.push({ name, ok: true });
  return { from: name, value: answer.value };
}

async function withoutFault<T>(run: () => Promise<Checked<T>>): Promise<Checked<T>> {
  try {
    return await run();
  } catch {
    return unproven('verifier.fault');
  }
}
