import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { SecretKey } from '../keys.ts';
import { openOwn, sealToSelf } from '../sealed.ts';

const TYP = 'praya-handle+jwe';
const Content = Type.Object({ identityNumber: Type.String({ minLength: 1 }) });

/** What the platform keeps of a person: her number, sealed by us to ourselves, never twice the same. */
export function sealHandle(keys: readonly SecretKey[], identityNumber: string): Promise<string> {
  const [key] = keys;
  if (key === undefined) throw new Error('There is no key for handles');
  return sealToSelf(key, { typ: TYP, content: { identityNumber } });
}

/** The identity card number of a handle of ours, undefined for everything else. */
export async function openHandle(keys: readonly SecretKey[], handle: string): Promise<string | undefined> {
  const text = await openOwn(handle, keys, TYP);
  if (text === undefined) return undefined;
  const content: unknown = JSON.parse(text);
  return Value.Check(Content, content) ? content.identityNumber : undefined;
}
