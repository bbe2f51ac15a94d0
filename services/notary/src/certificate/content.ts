import { join } from 'node:path';
import type { Language, LocalisedText } from '@praya/kernel/language';
import { loadMessages, messageOf } from '@praya/kernel/messages';
import type { NotaryRecord, RecordState } from '../records/contract.ts';

/** Everything that is written on a certificate. */
export type CertificateContent = {
  readonly issuer: string;
  readonly heading: string;
  readonly state: RecordState;
  readonly status: string;
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly value: string }[];
  readonly proof: string;
  readonly scope: string;
  readonly scan: string;
  readonly url: string;
};

const MESSAGES = loadMessages([join(import.meta.dirname, '..', 'messages')]);
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', 'zh-Hant': 'zh-HK', 'zh-Hans': 'zh-CN' };
const SHOWN_HISTORY = 5;

/** What a certificate says, in one language; instants are shown as the clocks of Hong Kong show them. */
export function contentOf(about: {
  readonly record: NotaryRecord;
  readonly issuer: LocalisedText;
  readonly language: Language;
  readonly at: Date;
}): CertificateContent {
  const { record, language, at } = about;
  const say = (key: string, values: Readonly<Record<string, string | number>> = {}) =>
    messageOf(MESSAGES, language, { key: `notary.certificate.${key}`, values });
  const when = (instant: string) => instantIn(language, instant);
  const issuer = about.issuer[language];
  return {
    issuer,
    heading: say('title'),
    state: record.state,
    status: say(`state.${record.state}`),
    title: record.title ?? '',
    rows: [...aboutRows(record, say, when), ...historyRows(record, say, when)],
    proof: say('proof', { issuer }),
    scope: say('scope', { at: when(at.toISOString()) }),
    scan: say('scan'),
    url: record.checkUrl,
  };
}

type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string;
type When = (instant: string) => string;

function aboutRows(record: NotaryRecord, say: Say, when: When) {
  const rows: [string, string | null][] = [
    ['kind', say(`kind.${record.kind}`)],
    ['reference', record.reference],
    ['holder', record.holder],
    ['files', record.files > 0 ? String(record.files) : null],
    ['validFrom', record.validFrom === null ? null : when(record.validFrom)],
    ['validUntil', record.validUntil === null ? null : when(record.validUntil)],
    ['digest', record.digest],
    ['number', record.id],
    ['code', (record.code.match(/.{1,5}/g) ?? []).join(' ')],
    ['notarised', when(record.createdAt)],
  ];
  return rows.flatMap(([key, value]) => (value === null ? [] : [{ label: say(key), value }]));
}

function historyRows(record: NotaryRecord, say: Say, when: When) {
  const newest = record.history.at(-1);
  const steps = (record.steps ?? []).map(({ name, decision, decidedAt }) => {
    const what =
      decision === null ? say('step.waiting') : say(`step.${decision}`, { at: when(decidedAt ?? '') });
    return { label: say('steps'), value: `${nameIn(name, say)}: ${what}` };
  });
  const states = record.history
    .slice(1)
    .slice(-SHOWN_HISTORY)
    .filter(() => record.steps === null)
    .map(({ state, effectiveFrom, at }) => {
      const since = say('since', { at: when(effectiveFrom ?? at) });
      return { label: say('history'), value: `${say(`state.${state}`)}, ${since}` };
    });
  const entry = newest === undefined ? [] : [{ label: say('log'), value: say('entry', { ...newest.place }) }];
  return [...steps, ...states, ...entry];
}

function nameIn(name: LocalisedText, say: Say): string {
  // The messages know the language; the heading tells which.
  for (const language of ['zh-Hant', 'zh-Hans'] as const)
    if (say('title') === MESSAGES[language]['notary.certificate.title']) return name[language];
  return name.en;
}

function instantIn(language: Language, instant: string): string {
  const format = { dateStyle: 'long', timeStyle: 'short', timeZone: 'Asia/Hong_Kong' } as const;
  // Some ICU versions put a narrow no-break space before am and pm; a certificate reads the same with any.
  return new Intl.DateTimeFormat(LOCALES[language], format)
    .format(new Date(instant))
    .replaceAll(/[\u202F\u00A0]/g, ' ');
}
