import { digest } from '@praya/kernel/canonical';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { Value } from 'typebox/value';
import type { NotaryRefusal } from '../contract.ts';
import { type ManifestFile, NewRecord, type RecordKind } from '../records/contract.ts';

/** What is to be notarised, in one form, with nothing left to doubt. */
export type Draft = {
  readonly kind: RecordKind;
  readonly title: string;
  readonly reference: string | null;
  readonly holder: string | null;
  /** null: of the canonical content, which is not made yet */
  readonly digest: string | null;
  readonly manifest: readonly ManifestFile[] | null;
  readonly validFrom: Date | null;
  readonly validUntil: Date | null;
  readonly disclose: 'status' | 'title';
  readonly steps: readonly string[] | null;
};

type Fault = { readonly field: string; readonly rule: string };

const FIRST_YEAR = 1900;
const LAST_YEAR = 2200;
// Controls, and what turns the direction of writing: with it a title reads as another.
const UNSEEN = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/**
 * Reads what somebody wants notarised.
 *
 * Errors  notary.record-invalid with the field and the rule
 */
export function readNewRecord(value: unknown): Result<Draft, NotaryRefusal> {
  const misfit = schemaFault(value);
  if (misfit !== undefined) return refuse('notary.record-invalid', misfit);
  const given = value as NewRecord;
  const draft = draftOf(given);
  const fault =
    textFault(draft) ?? dateFault(given, draft) ?? kindFault(given) ?? manifestFault(given, draft.digest);
  return fault === undefined ? ok(draft) : refuse('notary.record-invalid', fault);
}

/**
 * The digest of a folder.
 *
 * Shape   base64url(SHA-256(JCS(files))), the files sorted by the UTF-16 code units of their paths
 */
export function manifestDigest(manifest: readonly ManifestFile[]): string {
  return digest(sortedByPath(manifest));
}

// What the schema library calls these says nothing to whoever wrote the row.
const RULES: Readonly<Record<string, string>> = { boolean: 'unknown', const: 'choice', anyOf: 'choice' };

function schemaFault(value: unknown): Fault | undefined {
  if (Value.Check(NewRecord, value)) return undefined;
  const [first] = Value.Errors(NewRecord, value);
  const params = (first?.params ?? {}) as Readonly<Record<string, unknown>>;
  const named = [params['requiredProperties'], params['additionalProperties']].flat()[0];
  const path = (first?.instancePath ?? '').slice(1);
  const field = [path, typeof named === 'string' ? named : ''].filter((part) => part !== '').join('/');
  return {
    field: field === '' ? '(body)' : field,
    rule: RULES[first?.keyword ?? ''] ?? first?.keyword ?? 'schema',
  };
}

function draftOf(given: NewRecord): Draft {
  const manifest = given.manifest == null ? null : sortedByPath(given.manifest);
  return {
    kind: given.kind,
    title: given.title.trim(),
    reference: given.reference?.trim() ?? null,
    holder: given.holder?.trim() ?? null,
    digest: manifest === null ? (given.digest ?? null) : digest(manifest),
    manifest,
    validFrom: given.validFrom == null ? null : new Date(given.validFrom),
    validUntil: given.validUntil == null ? null : new Date(given.validUntil),
    disclose: given.disclose ?? 'status',
    steps: given.steps?.map(({ organisation }) => organisation) ?? null,
  };
}

function textFault(draft: Draft): Fault | undefined {
  for (const field of ['title', 'reference', 'holder'] as const) {
    const text = draft[field];
    if (text === '') return { field, rule: 'minLength' };
    if (text !== null && !isPlain(text)) return { field, rule: 'plain-text' };
  }
  const odd = draft.manifest?.findIndex(({ path }) => !isPlain(path)) ?? -1;
  return odd < 0 ? undefined : { field: `manifest/${odd}/path`, rule: 'plain-text' };
}

/** Whether a text is what it looks like: no half characters, nothing that is not seen. */
export function isPlain(text: string): boolean {
  return text.isWellFormed() && !UNSEEN.test(text);
}

function dateFault(given: NewRecord, draft: Draft): Fault | undefined {
  for (const field of ['validFrom', 'validUntil'] as const) {
    const date = draft[field];
    if (date !== null && !isInstant(date)) return { field, rule: 'date-time' };
  }
  const { validFrom, validUntil } = draft;
  if (given.validUntil == null || validUntil === null || validFrom === null) return undefined;
  return validUntil > validFrom ? undefined : { field: 'validUntil', rule: 'after-validFrom' };
}

/** Whether an instant can be kept, and is meant. */
export function isInstant(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}

const BRINGS: Readonly<
  Record<RecordKind, Readonly<Record<'digest' | 'manifest' | 'steps', boolean | null>>>
> = {
  file: { digest: true, manifest: false, steps: false },
  folder: { digest: null, manifest: true, steps: false },
  licence: { digest: null, manifest: false, steps: false },
  approval: { digest: null, manifest: false, steps: true },
};

function kindFault(given: NewRecord): Fault | undefined {
  for (const field of ['digest', 'manifest', 'steps'] as const) {
    const wanted = BRINGS[given.kind][field];
    const there = given[field] != null;
    if (wanted !== null && wanted !== there)
      return { field, rule: wanted ? 'required' : `not-for-${given.kind}` };
  }
  return undefined;
}

function manifestFault(given: NewRecord, computed: string | null): Fault | undefined {
  if (given.manifest == null) return undefined;
  const paths = new Set<string>();
  for (const [at, { path }] of given.manifest.entries()) {
    if (paths.has(path)) return { field: `manifest/${at}/path`, rule: 'unique' };
    paths.add(path);
  }
  const differs = given.digest != null && given.digest !== computed;
  return differs ? { field: 'digest', rule: 'matches-manifest' } : undefined;
}

function sortedByPath(manifest: readonly ManifestFile[]): ManifestFile[] {
  return [...manifest].sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
}
