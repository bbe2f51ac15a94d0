import { formatInstant, formatNumber } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import type { TextKey } from '../language/text.ts';
import { Badge } from '../parts/badge.tsx';
import { List, Soft } from '../parts/layout.tsx';
import { Notice } from '../parts/notice.tsx';
import styles from './explorer.module.css';
import type { LogView } from './explorer-requests.ts';

type Witness = LogView['witnesses'][number];

// The ledger's codes of what can be amiss with a witness, in words.
const IN_WORDS: Readonly<Record<string, TextKey>> = {
  'witness.unreachable': 'explorer.witness.away',
  'witness.late': 'explorer.witness.away',
  'witness.busy': 'explorer.witness.busy',
  'witness.log-unknown': 'explorer.witness.unknown',
  'witness.log-key-refused': 'explorer.witness.refuses',
  'witness.proof-refused': 'explorer.witness.otherHistory',
  'witness.other-root': 'explorer.witness.otherHistory',
  'witness.conflict': 'explorer.witness.otherHistory',
  'witness.ahead': 'explorer.witness.ahead',
};

/** Who countersigns the log, how far each has seen it, and what is wrong with it. */
export function WitnessList(props: { readonly witnesses: readonly Witness[]; readonly expected: number }) {
  const { t } = useLanguage();
  if (props.witnesses.length === 0 && props.expected > 0) return <Soft>{t('explorer.witnessesNotYet')}</Soft>;
  if (props.witnesses.length === 0) {
    return (
      <Notice tone="wary" live={false} title={t('explorer.noWitnesses')}>
        <p>{t('explorer.noWitnessesLead')}</p>
      </Notice>
    );
  }
  return (
    <>
      <Soft>{t('explorer.witnessesLead')}</Soft>
      <List label={t('explorer.witnesses')}>
        {props.witnesses.map((witness) => (
          <li key={witness.name} className={styles.witness}>
            <WitnessLine witness={witness} />
          </li>
        ))}
      </List>
    </>
  );
}

function WitnessLine(props: { readonly witness: Witness }) {
  const { name, size, lag, cosignedAt, trouble } = props.witness;
  const { t, language } = useLanguage();
  return (
    <>
      <div className={styles.witnessName}>
        <strong>{name}</strong>
        {trouble !== null && <Badge tone="bad">{t('explorer.witness.trouble')}</Badge>}
        {trouble === null && lag > 0 && (
          <Badge tone="wary">{t('explorer.witness.lag', { count: lag })}</Badge>
        )}
        {trouble === null && lag === 0 && (
          <Badge tone="good" icon="check">
            {t('explorer.witness.well')}
          </Badge>
        )}
      </div>
      <Soft small>
        {cosignedAt === null
          ? t('explorer.witness.never')
          : t('explorer.witness.seen', {
              size: formatNumber(size, language),
              at: formatInstant(cosignedAt, language),
            })}
      </Soft>
      {trouble !== null && (
        <Soft small>
          {t(IN_WORDS[trouble] ?? 'explorer.witness.unusable')} <code>{trouble}</code>
          {lag > 0 && ` · ${t('explorer.witness.lag', { count: lag })}`}
        </Soft>
      )}
    </>
  );
}
