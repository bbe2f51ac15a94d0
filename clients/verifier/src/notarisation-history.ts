import { type Checked, proven, unproven } from './checked.ts';
import type { NotarisationStatement, NotarisedState, VerifiedStatement } from './notarisation-statement.ts';

const FIRST: readonly NotarisedState[] = ['pending', 'active'];
const NEXT: Readonly<Record<NotarisedState, readonly NotarisedState[]>> = {
  pending: ['pending', 'active', 'rejected', 'revoked'],
  active: ['suspended', 'revoked'],
  suspended: ['active', 'revoked'],
  revoked: [],
  rejected: [],
};

/**
 * Checks that the statements are one record's history from its beginning, each linked to the one before it.
 *
 * Errors  notarisation.chain-broken: another record, kind or document, a gap, a wrong digest, an earlier time; notarisation.transition-wrong
 */
export function verifyHistory(record: unknown, statements: readonly VerifiedStatement[]): Checked<null> {
  const [first] = statements;
  let previous: VerifiedStatement | null = null;
  for (const [at, statement] of statements.entries()) {
    const { content } = statement;
    const same =
      content.record === record &&
      content.kind === first?.content.kind &&
      content.digest === first.content.digest;
    if (!same || content.revision !== at + 1 || content.previous !== (previous?.digest ?? null)) {
      return unproven('notarisation.chain-broken');
    }
    if (previous !== null && Date.parse(content.at) < Date.parse(previous.content.at)) {
      return unproven('notarisation.chain-broken');
    }
    const earlier = statements.slice(0, at).map((one) => one.content);
    if (!mayFollow(earlier, content)) return unproven('notarisation.transition-wrong');
    previous = statement;
  }
  return first === undefined ? unproven('notarisation.chain-broken') : proven(null);
}

/**
 * What is stated of an instant: the newest statement that had taken effect by then; null before the first.
 *
 * Shape   a statement counts from `effectiveFrom`, or from `at` where it names none
 */
export function notarisedStateAt(
  history: readonly Pick<NotarisationStatement, 'state' | 'at' | 'effectiveFrom'>[],
  at: Date,
): NotarisedState | null {
  return history.findLast((one) => effectOf(one) <= at.getTime())?.state ?? null;
}

/** A statement goes on from what is in force when it takes effect, or calls off a change that has not yet come. */
function mayFollow(earlier: readonly NotarisationStatement[], next: NotarisationStatement): boolean {
  const last = earlier.at(-1);
  if (last === undefined) return FIRST.includes(next.state);
  const madeAt = new Date(next.at);
  const today = notarisedStateAt(earlier, madeAt) ?? last.state;
  if (NEXT[today].length === 0) return false;
  const then = new Date(Math.max(effectOf(next), madeAt.getTime()));
  const before = notarisedStateAt(earlier, then) ?? last.state;
  return NEXT[before].includes(next.state) || (before === next.state && effectOf(last) > then.getTime());
}

function effectOf({ at, effectiveFrom }: Pick<NotarisationStatement, 'at' | 'effectiveFrom'>): number {
  return Date.parse(effectiveFrom ?? at);
}
