/**
 * What a domain function answers: the value, or a refusal from the room's closed list.
 */
export type Result<T, C extends string = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal<C> };

/**
 * One refusal. `field` and `rule` name what was wrong and leave with the answer; `detail` stays in the log.
 */
export type Refusal<C extends string = string> = {
  readonly code: C;
  readonly field?: string;
  readonly rule?: string;
  readonly detail?: string;
};

/**
 * A room's closed list: refusal code → HTTP status. The code is also the message key and the word in the test.
 */
export type Refusals = Readonly<Record<string, number>>;

/** The answer that carries a value. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** The answer that carries a refusal. */
export function refuse<C extends string>(
  code: C,
  about: Omit<Refusal<C>, 'code'> = {},
): { readonly ok: false; readonly refusal: Refusal<C> } {
  return { ok: false, refusal: { code, ...about } };
}

/** The value of an answer that must not be a refusal; a refusal here is a fault and is thrown. */
export function expectValue<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`Unexpected refusal ${result.refusal.code}`, { cause: result.refusal });
}
