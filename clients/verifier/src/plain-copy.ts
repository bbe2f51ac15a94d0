import { isObject, type JsonObject } from './shape.ts';

/** The longest document that is read. Units: characters of JSON. */
export const DOCUMENT_MAX_LENGTH = 2_000_000;

/**
 * A document, given as JSON text or as a value, as a plain copy: no getter, proxy or second reading can change it while
 * it is checked. Null when it is no JSON object, or too long.
 */
export function plainCopy(document: unknown): JsonObject | null {
  try {
    const json = typeof document === 'string' ? document : JSON.stringify(document);
    if (typeof json !== 'string' || json.length > DOCUMENT_MAX_LENGTH) return null;
    const copy: unknown = JSON.parse(json);
    return isObject(copy) ? copy : null;
  } catch {
    return null;
  }
}
