import { Type } from 'typebox';

/**
 * An identifier that says what it names: a prefix and a UUIDv7, so ids sort by the time they were made.
 *
 * Shape   `con_0198c0de-7e57-7000-8000-000000000000`
 * Source  RFC 9562 §5.7
 */
export type Id<P extends string> = `${P}_${string}` & { readonly __id: P };

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

/**
 * A new id, its time part from the clock given.
 *
 * Units   at: milliseconds of the instant are kept in the first 48 bits
 */
export function newId<P extends string>(prefix: P, at: Date = new Date()): Id<P> {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  const ms = at.getTime();
  view.setUint16(0, Math.floor(ms / 2 ** 32));
  view.setUint32(2, ms % 2 ** 32);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  );
  return `${prefix}_${uuid}` as Id<P>;
}

/** True where the text is an id of this prefix. */
export function isId<P extends string>(prefix: P, text: unknown): text is Id<P> {
  return typeof text === 'string' && new RegExp(`^${prefix}_${UUID}$`).test(text);
}

/** The schema of an id, for contracts and routes. */
export function idSchema<P extends string>(prefix: P) {
  return Type.Unsafe<Id<P>>(Type.String({ pattern: `^${prefix}_${UUID}$`, maxLength: prefix.length + 37 }));
}
