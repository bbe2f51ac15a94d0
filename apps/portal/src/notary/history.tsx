import type { LocalisedText } from '@praya/kernel/language';
import type { NotaryRecord, StatementView } from '@praya/notary/records/contract';
import { Link } from '@tanstack/react-router';
import { formatInstant, formatNumber } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Soft } from '../parts/layout.tsx';
import styles from './notary.module.css';
import { RecordStateBadge } from './record-state.tsx';

/** Every statement about a record, the newest first. None was ever changed or taken away. */
export function History(props: { readonly record: NotaryRecord }) {
  const { history, steps, organisation } = props.record;
  const names = new Map(steps?.map((step) => [step.organisation, step.name]));
  return (
    <ol className={styles.history} reversed>
      {history.toReversed().map((statement) => (
        <li key={statement.revision} className={styles.statement}>
          <Statement
            statement={statement}
            by={statement.issuer === organisation ? undefined : names.get(statement.issuer)}
          />
        </li>
      ))}
    </ol>
  );
}

function Statement(props: { readonly statement: StatementView; readonly by: LocalisedText | undefined }) {
  const { state, reason, at, effectiveFrom, place } = props.statement;
  const { t, say, language } = useLanguage();
  const [, tenant, shard] = /\/log\/([a-z0-9-]+)\/([a-z0-9]+)$/.exec(place.origin) ?? [];
  const index = formatNumber(place.index, language);
  return (
    <>
      <span>
        <RecordStateBadge state={state} />
      </span>
      <time dateTime={at}>{formatInstant(at, language)}</time>
      {props.by !== undefined && <p>{say(props.by)}</p>}
      {effectiveFrom !== null && (
        <p>{t('notary.effective', { at: formatInstant(effectiveFrom, language) })}</p>
      )}
      {reason !== null && <p>{t('changes.reasonWas', { reason })}</p>}
      <Soft small>
        {tenant === undefined || shard === undefined ? (
          t('notary.place', { index })
        ) : (
          <Link
            to="/explorer/$tenant/$shard/proof/$index"
            params={{ tenant, shard, index: String(place.index) }}
          >
            {t('notary.place', { index })}
          </Link>
        )}
      </Soft>
    </>
  );
}
