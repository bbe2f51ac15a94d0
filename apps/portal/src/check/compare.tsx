import type { RecordKind } from '@praya/notary/records/contract';
import { hashFile } from '../hashing/hash-file.ts';
import { manifestDigest, manifestOf } from '../hashing/manifest.ts';
import { useHashing } from '../hashing/use-hashing.ts';
import { formatBytes } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Disclosure } from '../parts/disclosure.tsx';
import { type DroppedFile, FileDrop } from '../parts/file-drop.tsx';
import { Soft } from '../parts/layout.tsx';
import { Notice } from '../parts/notice.tsx';
import { Progress } from '../parts/progress.tsx';
import { Trouble } from '../parts/trouble.tsx';
import styles from './check.module.css';

/** A licence or an approval need not have a document; for them the comparison waits until it is wanted. */
export function CompareWhereWanted(props: { readonly digest: string; readonly kind: RecordKind }) {
  const { t } = useLanguage();
  if (props.kind === 'file' || props.kind === 'folder') {
    return (
      <section className={styles.section}>
        <h2>{t('check.compare')}</h2>
        <Compare {...props} />
      </section>
    );
  }
  return (
    <Disclosure summary={t('check.compare')}>
      <Compare {...props} />
    </Disclosure>
  );
}

/** Whether the document that somebody holds is the one that was notarised. */
function Compare(props: { readonly digest: string; readonly kind: RecordKind }) {
  const { digest, kind } = props;
  const { t, language } = useLanguage();
  const { hashing, start } = useHashing<{ name: string; digest: string }>();
  const folder = kind === 'folder';
  const take = (files: readonly DroppedFile[]) => {
    const [first] = files;
    if (first === undefined) return;
    start({
      of: files.reduce((sum, { file }) => sum + file.size, 0),
      run: async (about) => ({
        name: folder ? t('notary.kind.folder') : first.file.name,
        digest: folder
          ? await manifestDigest(await manifestOf(files, about))
          : await hashFile(first.file, about),
      }),
    });
  };
  const same = hashing.state === 'done' && hashing.result.digest === digest;
  return (
    <>
      {hashing.state === 'done' && (
        <Notice
          tone={same ? 'good' : 'bad'}
          title={t(same ? 'check.same' : 'check.different', { name: hashing.result.name })}
        >
          <p>{t(same ? 'check.sameLead' : 'check.differentLead')}</p>
        </Notice>
      )}
      {hashing.state === 'failed' && <Trouble error={hashing.error} />}
      {hashing.state === 'running' ? (
        <Progress
          label={t('hashing.running')}
          value={hashing.bytes}
          max={hashing.of}
          said={t('hashing.of', {
            done: formatBytes(hashing.bytes, language),
            all: formatBytes(hashing.of, language),
          })}
        />
      ) : (
        <FileDrop
          label={t(folder ? 'check.compareFolder' : 'check.compareFile')}
          choose={t(folder ? 'hashing.chooseFolder' : 'verify.choose')}
          folder={folder}
          onFiles={take}
        >
          <Soft small>{t('hashing.stays')}</Soft>
        </FileDrop>
      )}
    </>
  );
}
