import type { ActView } from '@praya/exchange/contract';
import { useServiceTitles } from '../api/service-titles.ts';
import { formatInstant } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Badge, type BadgeTone } from '../parts/badge.tsx';
import { Row, Soft, Stack } from '../parts/layout.tsx';
import { ReceiptProof } from '../proof/receipt-proof.tsx';

const OUTCOMES: Record<ActView['outcome'], BadgeTone> = {
  done: 'good',
  refused: 'wary',
  failed: 'bad',
  pending: 'plain',
};

/** One act: what happened, when, how it ended, and its proof. */
export function ActCard(props: { readonly act: ActView }) {
  const { act } = props;
  const { t, say, language } = useLanguage();
  const titleOf = useServiceTitles();
  const title = act.service === null ? null : titleOf(act.service);
  return (
    <Stack>
      <Row between>
        <strong>{t(`act.${act.kind}`)}</strong>
        <Badge tone={OUTCOMES[act.outcome]}>{t(`outcome.${act.outcome}`)}</Badge>
      </Row>
      <Soft>
        <time dateTime={act.at}>{formatInstant(act.at, language)}</time>
        {act.service !== null && <> · {title === null ? act.service : say(title)}</>}
      </Soft>
      {act.code !== null && <Soft small>{t('act.code', { code: act.code })}</Soft>}
      {act.outcome === 'done' && <ReceiptProof act={act.id} />}
    </Stack>
  );
}
