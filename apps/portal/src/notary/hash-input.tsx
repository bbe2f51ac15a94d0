import type { ManifestFile, RecordKind } from '@praya/notary/records/contract';
import { useEffect, useRef } from 'react';
import { hashFile } from '../hashing/hash-file.ts';
import { manifestDigest, manifestOf } from '../hashing/manifest.ts';
import { useHashing } from '../hashing/use-hashing.ts';
import { formatBytes } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { Disclosure } from '../parts/disclosure.tsx';
import { Facts } from '../parts/facts.tsx';
import { type DroppedFile, FileDrop } from '../parts/file-drop.tsx';
import { Row, Soft, Stack } from '../parts/layout.tsx';
import { Progress } from '../parts/progress.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { ManifestTable } from './manifest-table.tsx';
import styles from './notary.module.css';

/** What was hashed here. Of a folder the manifest, else null. */
export type Hashed = {
  readonly name: string;
  readonly size: number;
  readonly digest: string;
  readonly manifest: readonly ManifestFile[] | null;
};

/** Takes a file or a folder, hashes it beside the page, and shows what came of it. */
export function HashInput(props: {
  readonly kind: RecordKind;
  readonly onHashed: (hashed: Hashed | null) => void;
  readonly missing: boolean;
}) {
  const { kind, onHashed } = props;
  const { t, language } = useLanguage();
  const { hashing, start, cancel } = useHashing<Hashed>();
  const take = (files: readonly DroppedFile[]) => {
    onHashed(null);
    const of = files.reduce((sum, { file }) => sum + file.size, 0);
    start({
      of,
      run: async (about) => {
        const hashed = await (kind === 'folder' ? hashFolder(files, about) : hashOne(files, about));
        onHashed(hashed);
        return hashed;
      },
    });
  };
  const again = () => {
    onHashed(null);
    cancel();
  };
  if (hashing.state === 'running') {
    const said = t('hashing.of', {
      done: formatBytes(hashing.bytes, language),
      all: formatBytes(hashing.of, language),
    });
    return (
      <Stack>
        <Progress label={t('hashing.running')} value={hashing.bytes} max={hashing.of} said={said} />
        <Row>
          <Button look="secondary" onPress={again}>
            {t('cancel')}
          </Button>
        </Row>
      </Stack>
    );
  }
  if (hashing.state === 'done') return <Result hashed={hashing.result} onAgain={again} />;
  const optional = kind === 'licence' || kind === 'approval';
  return (
    <Stack>
      {optional && <Soft>{t('hashing.optional')}</Soft>}
      <FileDrop
        label={t(kind === 'folder' ? 'hashing.dropFolder' : 'hashing.drop')}
        choose={t(kind === 'folder' ? 'hashing.chooseFolder' : 'verify.choose')}
        folder={kind === 'folder'}
        onFiles={take}
      >
        <Soft small>{t('hashing.stays')}</Soft>
      </FileDrop>
      {props.missing && (
        <p className={styles.error} role="alert">
          {t(kind === 'folder' ? 'hashing.folderNeeded' : 'hashing.fileNeeded')}
        </p>
      )}
      {hashing.state === 'failed' && <Trouble error={hashing.error} />}
    </Stack>
  );
}

function Result(props: { readonly hashed: Hashed; readonly onAgain: () => void }) {
  const { hashed } = props;
  const { t, language } = useLanguage();
  const { manifest } = hashed;
  const heading = useRef<HTMLHeadingElement>(null);
  // the button that opened the file is gone: who works by keyboard goes on from here
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className={styles.hashed} role="status">
      <Row between>
        <h2 ref={heading} tabIndex={-1}>
          {t('hashing.done')}
        </h2>
        <Button look="quiet" onPress={props.onAgain}>
          {t(manifest === null ? 'hashing.otherFile' : 'hashing.otherFolder')}
        </Button>
      </Row>
      <Facts
        facts={[
          { term: t('hashing.name'), value: hashed.name },
          ...(manifest === null
            ? []
            : [{ term: t('hashing.count'), value: t('notary.files', { count: manifest.length }) }]),
          { term: t('hashing.size'), value: formatBytes(hashed.size, language) },
          { term: t('notary.digest'), value: <code>{hashed.digest}</code> },
        ]}
      />
      {manifest !== null && (
        <Disclosure summary={t('notary.manifest')}>
          <ManifestTable manifest={manifest} />
        </Disclosure>
      )}
      <Soft small>{t('hashing.stayed')}</Soft>
    </div>
  );
}

type About = Parameters<typeof hashFile>[1];

async function hashOne(files: readonly DroppedFile[], about: About): Promise<Hashed> {
  const [first] = files;
  if (first === undefined) throw new Error('There is no file');
  const { name, size } = first.file;
  return { name, size, digest: await hashFile(first.file, about), manifest: null };
}

async function hashFolder(files: readonly DroppedFile[], about: About): Promise<Hashed> {
  const manifest = await manifestOf(files, about);
  const name = files[0]?.file.webkitRelativePath.split('/')[0] ?? '';
  const size = manifest.reduce((sum, file) => sum + file.size, 0);
  return { name, size, digest: await manifestDigest(manifest), manifest };
}
