import { readNote } from '@praya/verifier/signed-note';
import { Link } from '@tanstack/react-router';
import { formatMoment, formatNumber } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Badge } from '../parts/badge.tsx';
import { Code } from '../parts/code.tsx';
import { Disclosure } from '../parts/disclosure.tsx';
import { List, Row, Soft } from '../parts/layout.tsx';
import { More } from '../parts/more.tsx';
import styles from './explorer.module.css';
import type { CheckpointView, LogView } from './explorer-requests.ts';

/** The published checkpoints, the newest first, each with the note as it was signed. */
export function CheckpointList(props: {
  readonly log: LogView;
  readonly checkpoints: readonly CheckpointView[];
  readonly pages: Parameters<typeof More>[0]['pages'];
}) {
  const { log, checkpoints } = props;
  const { t } = useLanguage();
  if (checkpoints.length === 0) return <Soft>{t('explorer.noCheckpoints')}</Soft>;
  return (
    <>
      <List label={t('explorer.checkpoints')}>
        {checkpoints.map((checkpoint) => (
          <li key={checkpoint.size}>
            <Entry log={log} checkpoint={checkpoint} />
          </li>
        ))}
      </List>
      <More pages={props.pages} />
    </>
  );
}

function Entry(props: { readonly log: LogView; readonly checkpoint: CheckpointView }) {
  const { log, checkpoint } = props;
  const { size, note, root, publishedAt } = checkpoint;
  const { t, language } = useLanguage();
  const signers = cosignersOf(note, log.origin);
  return (
    <div className={styles.checkpoint}>
      <Row between>
        <strong>{t('explorer.entries', { count: size })}</strong>
        <Badge tone={signers.length > 0 ? 'good' : 'plain'}>
          {t('explorer.cosigned', { count: signers.length })}
        </Badge>
      </Row>
      <Soft small>
        <time dateTime={publishedAt}>{formatMoment(publishedAt, language)}</time> ·{' '}
        <code className={styles.hash}>{root}</code>
      </Soft>
      <Disclosure summary={t('explorer.note', { size: formatNumber(size, language) })}>
        <Code label={t('explorer.note', { size: formatNumber(size, language) })} value={note} />
        {size > 0 && (
          <p>
            <Link
              to="/explorer/$tenant/$shard/proof/$index"
              params={{ tenant: log.tenant, shard: log.shard, index: String(size - 1) }}
            >
              {t('explorer.walkNewest')}
            </Link>
          </p>
        )}
      </Disclosure>
    </div>
  );
}

/** The names on a note other than the log's own, none of them checked here: the walk of a proof checks. */
function cosignersOf(note: string, origin: string): readonly string[] {
  const read = readNote(note);
  if (!read.ok) return [];
  return [...new Set(read.value.signatures.map(({ name }) => name))].filter((name) => name !== origin);
}
