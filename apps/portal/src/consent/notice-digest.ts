import type { ConsentView } from '@praya/consent/contract';
import { jsonDigest } from '@praya/verifier/digest';
import type { useLanguage } from '../language/language-context.tsx';
import type { NoticeDigest } from './consent-requests.ts';
import { termsOf } from './terms.ts';

type Tools = Pick<ReturnType<typeof useLanguage>, 't' | 'say' | 'language'>;

/** The sentences of the consent page, as this resident reads them. */
export function noticeTexts(view: ConsentView, tools: Tools): readonly string[] {
  const { t, say } = tools;
  const recipient = say(view.recipient.name);
  return [
    t('consent.title', { recipient }),
    say(view.purpose.text),
    ...termsOf(view, tools).flatMap(({ term, value }) => [term, value]),
    ...view.services.flatMap((service) => [
      say(service.title),
      t('consent.from', { provider: say(service.provider.name) }),
      ...service.fields.flatMap((field) => [
        say(field.title),
        t(field.required ? 'consent.required' : 'consent.optional'),
      ]),
    ]),
    t('consent.optionalLead', { recipient }),
    t('consent.signLead'),
    t('consent.later'),
  ];
}

/** The digest of those sentences, so that it can be shown later what she had read. */
export async function noticeDigest(view: ConsentView, tools: Tools): Promise<NoticeDigest> {
  return { locale: tools.language, digest: await jsonDigest(noticeTexts(view, tools)) };
}
