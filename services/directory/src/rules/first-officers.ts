import { isChecker, isMaker, isOperator } from './office.ts';
import type { DirectoryState } from './state.ts';

/** Whether the operator has two officers of whom one can approve what the other proposes. */
export function canDecide(state: DirectoryState): boolean {
  const offices = state.officers.filter((office) => isOperator(state, office.organisationId));
  return offices.some(
    (maker) =>
      isMaker(maker) && offices.some((other) => isChecker(other) && other.personId !== maker.personId),
  );
}
