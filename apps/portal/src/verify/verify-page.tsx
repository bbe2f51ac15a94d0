import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { TextField } from '../parts/field.tsx';
import { FileDrop } from '../parts/file-drop.tsx';
import { Card, Page, Section, Soft } from '../parts/layout.tsx';
import { Notice } from '../parts/notice.tsx';
import { SaidError, Trouble } from '../parts/trouble.tsx';
import { checkReceipt, loadVerifier } from '../proof/receipt.ts';
import { anchorQuery, type TrustAnchor } from '../proof/trust.ts';
import { Verdict } from './verdict.tsx';
import styles from './verify.module.css';

const MOST_CHARACTERS = 4_000_000;

/** Checks a receipt in the browser. No account, and nothing leaves the page. */
export function VerifyPage() {
  const { t } = useLanguage();
  return (
    <Page title={t('verify.title')} lead={t('verify.lead')}>
      <Anchored />
    </Page>
  );
}

function Anchored() {
  const { t } = useLanguage();
  const { data: anchor, error, refetch } = useQuery(anchorQuery);
  // so that from here on the page needs the network no more
  useEffect(() => void loadVerifier(), []);
  return (
    <>
      {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
      {anchor !== undefined && <Checker anchor={anchor} />}
      <Section title={t('verify.anchor')}>
        <Soft>{t('verify.anchorLead')}</Soft>
        {anchor !== undefined && <p className={styles.print}>{anchor.fingerprint}</p>}
      </Section>
    </>
  );
}

function Checker(props: { readonly anchor: TrustAnchor }) {
  const { t } = useLanguage();
  const [pasted, setPasted] = useState('');
  const checking = useMutation({
    mutationFn: async (text: string) => {
      return checkReceipt(parse(text), props.anchor);
    },
  });
  return (
    <>
      <FileDrop
        label={t('verify.drop')}
        choose={t('verify.choose')}
        accept={['application/json', '.json']}
        onFiles={([first]) => void first?.file.text().then((text) => checking.mutate(text))}
      />
      <Card>
        <TextField label={t('verify.paste')} area value={pasted} onChange={setPasted} />
        <p>
          <Button look="secondary" disabled={pasted.trim() === ''} onPress={() => checking.mutate(pasted)}>
            {t('verify.check')}
          </Button>
        </p>
      </Card>
      {checking.error !== null && <Trouble error={checking.error} />}
      {checking.data !== undefined && <Verdict verdict={checking.data} />}
      <Notice live={false} title={t('verify.offline')} />
    </>
  );
}

function parse(text: string): unknown {
  if (text.length > MOST_CHARACTERS) throw new SaidError('verify.tooLarge');
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new SaidError('verify.notJson', { cause });
  }
}
