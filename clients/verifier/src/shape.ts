/** Tells whether a value that came from outside has a shape. Members that nobody asked for are let through. */
export type Shape<T> = (value: unknown) => value is T;
/** The type that a shape tells. */
export type Shaped<S> = S extends Shape<infer T> ? T : never;
/** A JSON object whose members are still unknown. */
export type JsonObject = { readonly [name: string]: unknown };

/** Whether this is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that is not empty. */
export function text(maxLength: number): Shape<string> {
  return (value): value is string => typeof value === 'string' && value !== '' && value.length <= maxLength;
}

/** A text that may be empty. */
export function textOrNone(maxLength: number): Shape<string> {
  return (value): value is string => typeof value === 'string' && value.length <= maxLength;
}

/** A whole number from 0 up that is exact. */
export function count(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** One of these very values. */
export function oneOf<const T extends string | number | null>(...values: readonly T[]): Shape<T> {
  return (value): value is T => values.some((allowed) => allowed === value);
}

/** A value of this shape, or null. */
export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value): value is T | null => value === null || shape(value);
}

/** A value of this shape, null, or nothing. */
export function optional<T>(shape: Shape<T>): Shape<T | null | undefined> {
  return (value): value is T | null | undefined => value === undefined || value === null || shape(value);
}

/** A list whose every member has this shape. */
export function list<T>(shape: Shape<T>, maxLength: number): Shape<readonly T[]> {
  return (value): value is readonly T[] =>
    Array.isArray(value) && value.length <= maxLength && value.every((member) => shape(member));
}

/** An object whose own members have these shapes. */
export function members<S extends { readonly [name: string]: Shape<unknown> }>(
  shapes: S,
): Shape<{ readonly [K in keyof S]: Shaped<S[K]> }> {
  return (value): value is { readonly [K in keyof S]: Shaped<S[K]> } =>
    isObject(value) &&
    Object.entries(shapes).every(([name, shape]) =>
      shape(Object.hasOwn(value, name) ? value[name] : undefined),
    );
}

/** An instant in UTC. Source: RFC 3339, with `Z` and at most nine digits of a second. */
export function instant(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}

/** A SHA-256 digest as it stands in our documents: 43 characters of base64url. */
export function digestText(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value);
}

/** A text in the three languages of the city. */
export const localisedText = members({ en: text(2000), 'zh-Hant': text(2000), 'zh-Hans': text(2000) });
