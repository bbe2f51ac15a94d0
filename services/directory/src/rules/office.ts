import type { ChangeKind, DirectoryRefusal, Role } from '../contract.ts';
import { type DirectoryState, type Office, officesIn } from './state.ts';

type Fault = DirectoryRefusal | undefined;
type About = { readonly kind: ChangeKind; readonly organisationId: string | null };

const MAKERS: readonly Role[] = ['administrator', 'directory.maker'];
const CHECKERS: readonly Role[] = ['directory.checker'];
const GUARDS: readonly Role[] = ['administrator', 'directory.maker', 'directory.checker'];

/** What an organisation's own officers may propose for it, and what its own checkers may approve. */
const OWN_PROPOSALS: readonly ChangeKind[] = [
  'client.register',
  'connector.register',
  'key.add',
  'officer.appoint',
  'purpose.permit',
];
const OWN_DECISIONS: readonly ChangeKind[] = ['key.add'];

/** Why this person may not propose this; undefined where she may. */
export function proposingFault(state: DirectoryState, personId: string, about: About): Fault {
  const own = OWN_PROPOSALS.includes(about.kind) ? about.organisationId : null;
  return faultOf(state, officesWith(state, personId, MAKERS), own);
}

/** Why this person may not decide this; undefined where she may. That she is not its maker is asked elsewhere. */
export function decidingFault(state: DirectoryState, personId: string, about: About): Fault {
  const own = OWN_DECISIONS.includes(about.kind) ? about.organisationId : null;
  return faultOf(state, officesWith(state, personId, CHECKERS), own);
}

/** Why this person may not take power from the organisation; `own` says whether its own officers may. */
export function guardingFault(
  state: DirectoryState,
  personId: string,
  about: { readonly organisationId: string; readonly own: boolean },
): Fault {
  return faultOf(state, officesWith(state, personId, GUARDS), about.own ? about.organisationId : null);
}

/** Whether this office lets one propose. */
export function isMaker({ roles }: Office): boolean {
  return MAKERS.some((role) => roles.includes(role));
}

/** Whether this office lets one approve. */
export function isChecker({ roles }: Office): boolean {
  return CHECKERS.some((role) => roles.includes(role));
}

/** The organisations whose changes this person may read; null for all of them. */
export function readableBy(state: DirectoryState, personId: string): readonly string[] | null {
  const offices = officesWith(state, personId, GUARDS);
  return offices.some((office) => isOperator(state, office.organisationId))
    ? null
    : offices.map((office) => office.organisationId);
}

/** Why this organisation may not give these roles; undefined where it may. */
export function rolesFault(state: DirectoryState, organisationId: string, roles: readonly Role[]): Fault {
  return roles.includes('administrator') && !isOperator(state, organisationId)
    ? 'directory.role-not-for-organisation'
    : undefined;
}

function faultOf(state: DirectoryState, offices: readonly Office[], own: string | null): Fault {
  if (offices.length === 0) return 'directory.role-missing';
  const allowed = offices.some(
    (office) => office.organisationId === own || isOperator(state, office.organisationId),
  );
  return allowed ? undefined : 'directory.not-your-organisation';
}

function officesWith(state: DirectoryState, personId: string, roles: readonly Role[]): Office[] {
  return officesIn(state, personId).filter((office) => roles.some((role) => office.roles.includes(role)));
}

/** Whether this organisation runs the platform. */
export function isOperator(state: DirectoryState, organisationId: string): boolean {
  return state.organisations.some((one) => one.id === organisationId && one.kind === 'operator');
}
