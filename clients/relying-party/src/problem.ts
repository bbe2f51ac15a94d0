/** Why there is no answer: what the exchange said, or what was wrong with what it sent. */
export type Problem = {
  /** the HTTP status of the exchange; 0 when it gave none, or gave one that is not to be believed */
  readonly status: number;
  readonly code: string;
  readonly title: string;
  /** for the log: which check failed */
  readonly detail?: string;
};

/** The value, or the problem. */
export type Answer<T> = { readonly ok: true; readonly value: T } | Refused;

/** The answer that carries a problem. */
export type Refused = { readonly ok: false; readonly problem: Problem };

/** What this library itself refuses, with a sentence for a developer. What the exchange refuses keeps its own code. */
export const OWN_PROBLEMS = {
  'relying-party.unreachable': 'The exchange could not be reached.',
  'relying-party.unreadable': 'The exchange answered with something that is not an answer.',
  'relying-party.trust-list': 'The trust list is not signed by the pinned anchor, or no longer counts.',
  'relying-party.consent': 'The consent under the answer is not the one that was asked under.',
  'relying-party.signature': 'The answer is not signed by a key of its provider that counts.',
  'relying-party.binding': 'The answer belongs to another request, consent, service or act.',
  'relying-party.subject': 'The answer is about another person.',
  'relying-party.payload': 'The sealed values are not those that the provider signed for.',
  'relying-party.sealed': 'The values are not sealed to our key.',
  'relying-party.fields': 'The answer has other fields than were agreed.',
  'relying-party.receipt': 'The receipt does not prove the act.',
  'relying-party.event-malformed': 'This is not an event of a consent.',
  'relying-party.event-signature': 'The event is not signed by an events key of the issuer that counts.',
  'relying-party.event-issuer': 'The event comes from another issuer.',
  'relying-party.event-audience': 'The event is meant for somebody else.',
  'relying-party.event-replayed': 'This event has been received already.',
} as const;
export type OwnProblem = keyof typeof OWN_PROBLEMS;

/** The answer that carries a value. */
export function answered<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** The answer that carries one of our own problems. */
export function refused(code: OwnProblem, detail?: string): Refused {
  const problem = { status: 0, code, title: OWN_PROBLEMS[code] };
  return { ok: false, problem: detail === undefined ? problem : { ...problem, detail } };
}

/**
 * The problem that the exchange answered with.
 *
 * Source  RFC 9457
 */
export function problemOf(status: number, body: unknown): Refused {
  const said = typeof body === 'object' && body !== null ? body : {};
  const code = 'code' in said && typeof said.code === 'string' ? said.code : undefined;
  const title = 'title' in said && typeof said.title === 'string' ? said.title : undefined;
  if (code === undefined || title === undefined) {
    const { problem } = refused('relying-party.unreadable', `HTTP ${status}`);
    return { ok: false, problem: { ...problem, status } };
  }
  return { ok: false, problem: { status, code: code.slice(0, 100), title: title.slice(0, 500) } };
}
