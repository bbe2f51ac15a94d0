import type { ActView } from '@praya/exchange/contract';
import { useServiceTitles } from '../api/service-titles.ts';
import { formatInstant } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import type { TextKey } from '../language/text.ts';
import { Badge, type BadgeTone } from '../parts/badge.tsx';
import { Row, Soft, Stack } from '../parts/layout.tsx';
import { ReceiptProof } from '../proof/receipt-proof.tsx';

const OUTCOMES: Record<ActView['outcome'], BadgeTone> = {
  done: 'good',
  refused: 'wary',
  failed: 'bad',
  pending: 'plain',
};

/** What stopped an act, for the codes that residents meet; any other code stands for itself. */
const REASONS: Readonly<Record<string, TextKey>> = {
  'consent.paused': 'reason.paused',
  'consent.revoked': 'reason.revoked',
  'consent.expired': 'reason.expired',
  'exchange.frequency-exceeded': 'reason.tooOften',
  'exchange.service-not-consented': 'reason.notConsented',
  'exchange.key-revoked': 'reason.keyRevoked',
  'exchange.connector-unreachable': 'reason.unreachable',
  'exchange.connector-late': 'reason.unreachable',
};

/** One act: what happened, when, how it ended, and its proof. */
export function ActCard(props: { readonly act: ActView }) {
  const { act } = props;
  const { t, say, language } = useLanguage();
  const titleOf = useServiceTitles();
  const title = act.service === null ? null : titleOf(act.service);
  const isAskedOnly = act.kind === 'exchange' && act.outcome !== 'done';
  return (
    <Stack>
      <Row between>
        <strong>{t(isAskedOnly ? 'act.asked' : `act.${act.kind}`)}</strong>
        <Badge tone={OUTCOMES[act.outcome]}>{t(`outcome.${act.outcome}`)}</Badge>
      </Row>
      <Soft>
        <time dateTime={act.at}>{formatInstant(act.at, language)}</time>
        {act.service !== null && <> · {title === null ? act.service : say(title)}</>}
      </Soft>
      {act.code !== null && <Reason code={act.code} />}
      {act.outcome === 'done' && <ReceiptProof act={act.id} />}
    </Stack>
  );
}

function Reason(props: { readonly code: string }) {
  const { t } = useLanguage();
  const key = REASONS[props.code];
  return <Soft small>{key === undefined ? t('act.code', { code: props.code }) : t(key)}</Soft>;
}
