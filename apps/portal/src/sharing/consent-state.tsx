import type { ConsentView } from '@praya/consent/contract';
import { useLanguage } from '../language/language-context.tsx';
import { Badge, type BadgeTone } from '../parts/badge.tsx';
import type { IconName } from '../parts/icon.tsx';

const LOOKS: Record<ConsentView['state'], { readonly tone: BadgeTone; readonly icon: IconName }> = {
  requested: { tone: 'water', icon: 'info' },
  active: { tone: 'good', icon: 'eye' },
  paused: { tone: 'wary', icon: 'pause' },
  revoked: { tone: 'bad', icon: 'stop' },
  expired: { tone: 'plain', icon: 'stop' },
  refused: { tone: 'plain', icon: 'cross' },
  tampered: { tone: 'bad', icon: 'cross' },
};

export function ConsentStateBadge(props: { readonly state: ConsentView['state'] }) {
  const { t } = useLanguage();
  const { tone, icon } = LOOKS[props.state];
  return (
    <Badge tone={tone} icon={icon}>
      {t(`state.${props.state}`)}
    </Badge>
  );
}
