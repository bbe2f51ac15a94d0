import { formatInstant } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import type { TextKey } from '../language/text.ts';
import { Facts } from '../parts/facts.tsx';
import { Card } from '../parts/layout.tsx';
import { Notice } from '../parts/notice.tsx';
import { CheckList } from '../proof/check-list.tsx';
import type { Verdict as VerdictOf } from '../proof/receipt.ts';

const KINDS: Readonly<Record<string, TextKey>> = {
  exchange: 'act.exchange',
  preview: 'act.preview',
  consent: 'act.consent',
};

/** What a receipt proves, and every check that led there. */
export function Verdict(props: { readonly verdict: VerdictOf }) {
  const { verdict } = props;
  const { t, language } = useLanguage();
  const { act } = verdict;
  const kind = act === null ? undefined : KINDS[act.kind];
  return (
    <Card>
      <Notice tone={verdict.ok ? 'good' : 'bad'} title={t(verdict.ok ? 'verify.holds' : 'verify.fails')}>
        <p>{t(verdict.ok ? 'verify.holdsLead' : 'verify.failsLead')}</p>
      </Notice>
      {act !== null && (
        <Facts
          facts={[
            { term: t('verify.what'), value: kind === undefined ? act.kind : t(kind) },
            { term: t('verify.when'), value: formatInstant(act.at, language) },
            { term: t('verify.act'), value: act.id },
          ]}
        />
      )}
      <CheckList checks={verdict.checks} />
    </Card>
  );
}
