/** How deep a value may nest. Deeper values are hostile: ours nest six levels. */
export const JSON_MAX_DEPTH = 32;

/**
 * The one text of a JSON value.
 *
 * Errors  throws TypeError on what I-JSON cannot carry: undefined, functions, NaN, infinities, bigint, half surrogates, more than 32 levels
 * Source  RFC 8785 (JCS)
 */
export function canonicalJson(value: unknown): string {
  return write(value, JSON_MAX_DEPTH);
}

function write(value: unknown, depth: number): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'string') return writeString(value);
  if (typeof value !== 'object') throw new TypeError(`JSON has no ${typeof value}`);
  if (depth === 0) throw new TypeError('The value nests too deep');
  if (Array.isArray(value)) return `[${value.map((member) => write(member, depth - 1)).join(',')}]`;
  // the default order of sort is the one that RFC 8785 §3.2.3 asks for: by UTF-16 code units
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${writeString(name)}:${write(member, depth - 1)}`).join(',')}}`;
}

/** ECMAScript's own number form is the one that RFC 8785 §3.2.2.3 asks for. */
function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`);
  return JSON.stringify(value);
}

function writeString(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('Half a surrogate has no UTF-8 form');
  return JSON.stringify(value);
}
