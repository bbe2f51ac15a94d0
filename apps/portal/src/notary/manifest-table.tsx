import type { ManifestFile } from '@praya/notary/records/contract';
import { useState } from 'react';
import { formatBytes } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import styles from './notary.module.css';

const AT_FIRST = 20;

/** The files of a folder, the first few at first. */
export function ManifestTable(props: { readonly manifest: readonly ManifestFile[] }) {
  const { manifest } = props;
  const { t, language } = useLanguage();
  const [all, setAll] = useState(false);
  return (
    <>
      <table className={styles.table}>
        <caption>{t('notary.manifest')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('hashing.path')}</th>
            <th scope="col">{t('hashing.size')}</th>
          </tr>
        </thead>
        <tbody>
          {manifest.slice(0, all ? undefined : AT_FIRST).map(({ path, size, digest }) => (
            <tr key={path}>
              <td>
                {path}
                <code className={styles.digest}>{digest}</code>
              </td>
              <td>{formatBytes(size, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {!all && manifest.length > AT_FIRST && (
        <p>
          <Button look="secondary" onPress={() => setAll(true)}>
            {t('notary.allFiles', { count: manifest.length })}
          </Button>
        </p>
      )}
    </>
  );
}
