import type { RecordKind, RecordState } from '@praya/notary/records/contract';
import { useLanguage } from '../language/language-context.tsx';
import { Badge, type BadgeTone } from '../parts/badge.tsx';
import type { IconName } from '../parts/icon.tsx';

export const KINDS = ['file', 'folder', 'licence', 'approval'] as const satisfies readonly RecordKind[];
export const STATES = [
  'active',
  'pending',
  'suspended',
  'revoked',
  'expired',
  'rejected',
  'erased',
] as const satisfies readonly RecordState[];

const TONES: Record<RecordState, BadgeTone> = {
  active: 'good',
  pending: 'water',
  suspended: 'wary',
  revoked: 'bad',
  rejected: 'bad',
  expired: 'wary',
  erased: 'plain',
};
const ICONS: Partial<Record<RecordState, IconName>> = {
  active: 'check',
  suspended: 'pause',
  revoked: 'stop',
  rejected: 'cross',
};

/** How a record stands, in a word. */
export function RecordStateBadge(props: { readonly state: RecordState }) {
  const { t } = useLanguage();
  const icon = ICONS[props.state];
  return (
    <Badge tone={TONES[props.state]} {...(icon !== undefined && { icon })}>
      {t(`notary.state.${props.state}`)}
    </Badge>
  );
}

/** A kind by its name; what is no kind stands for itself. */
export function RecordKindName(props: { readonly kind: string }) {
  const { t } = useLanguage();
  const kind = KINDS.find((known) => known === props.kind);
  return <>{kind === undefined ? props.kind : t(`notary.kind.${kind}`)}</>;
}
