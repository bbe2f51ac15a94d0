import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { get, withQuery } from '../api/request.ts';
import { hashFile } from '../hashing/hash-file.ts';
import { useHashing } from '../hashing/use-hashing.ts';
import { formatBytes } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { TextField } from '../parts/field.tsx';
import { FileDrop } from '../parts/file-drop.tsx';
import { Card, Page, Row, Section, Soft, Stack } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Progress } from '../parts/progress.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { loadNotarisationVerifier, type PublicCheck } from '../proof/notarisation.ts';
import { anchorQuery } from '../proof/trust.ts';
import styles from './check.module.css';
import { normaliseCode } from './check-code.ts';
import { CheckResult, Unknown } from './check-result.tsx';
import { receiptIn } from './dropped-receipt.ts';
import { ReceiptResult } from './receipt-result.tsx';

/** What was dropped: a receipt, or any file, by its digest. */
type Dropped =
  | { readonly kind: 'receipt'; readonly receipt: unknown; readonly name: string }
  | { readonly kind: 'file'; readonly digest: string; readonly name: string };

/** Checks a document, a receipt or a code. No account, and no document leaves the page. */
export function CheckPage() {
  const { t } = useLanguage();
  // so that a receipt is checked even when the network is gone by then
  useQuery(anchorQuery);
  useEffect(() => void loadNotarisationVerifier(), []);
  return (
    <Page title={t('check.title')} lead={t('check.lead')}>
      <ByFile />
      <Section title={t('check.byCode')}>
        <CodeForm />
      </Section>
    </Page>
  );
}

function ByFile() {
  const { t, language } = useLanguage();
  const { hashing, start, cancel } = useHashing<Dropped>();
  const take = (file: File) =>
    start({
      of: file.size,
      run: async (about): Promise<Dropped> => {
        const receipt = await receiptIn(file);
        if (receipt !== null) return { kind: 'receipt', receipt, name: file.name };
        return { kind: 'file', digest: await hashFile(file, about), name: file.name };
      },
    });
  if (hashing.state === 'running') {
    const said = t('hashing.of', {
      done: formatBytes(hashing.bytes, language),
      all: formatBytes(hashing.of, language),
    });
    return (
      <Card>
        <Progress label={t('hashing.running')} value={hashing.bytes} max={hashing.of} said={said} />
        <Row>
          <Button look="secondary" onPress={cancel}>
            {t('cancel')}
          </Button>
        </Row>
      </Card>
    );
  }
  return (
    <>
      {hashing.state === 'done' && (
        <div className={styles.results} role="status">
          <p className={styles.about}>{t('check.about', { name: hashing.result.name })}</p>
          {hashing.result.kind === 'receipt' ? (
            <ReceiptResult key={hashing.result.name} receipt={hashing.result.receipt} />
          ) : (
            <ByDigest digest={hashing.result.digest} />
          )}
        </div>
      )}
      {hashing.state === 'failed' && <Trouble error={hashing.error} />}
      <FileDrop
        label={t('check.drop')}
        choose={t('verify.choose')}
        onFiles={([first]) => first !== undefined && take(first.file)}
      >
        <Soft small>{t('hashing.stays')}</Soft>
      </FileDrop>
    </>
  );
}

function ByDigest(props: { readonly digest: string }) {
  const { t } = useLanguage();
  const { digest } = props;
  const { data, error, refetch } = useQuery({
    queryKey: ['checks', digest],
    queryFn: ({ signal }) =>
      get<{ items: PublicCheck[] }>(withQuery('/notary/v1/checks', { digest }), signal),
  });
  if (error !== null) return <Trouble error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  if (data.items.length === 0) {
    return <Unknown title={t('check.noFile')} lead={t('check.noFileLead')} digest={digest} />;
  }
  return (
    <>
      {data.items.length > 1 && <p>{t('check.several', { count: data.items.length })}</p>}
      {data.items.map((check) => (
        <CheckResult key={check.code} check={check} digest={digest} onAgain={refetch} />
      ))}
    </>
  );
}

function CodeForm() {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const code = normaliseCode(typed);
  const go = useMutation({
    mutationFn: async (to: string) => navigate({ to: '/check/$code', params: { code: to } }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (code !== null) go.mutate(code);
  };
  return (
    <Card>
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextField
            label={t('check.code')}
            hint={t('check.codeHint')}
            look="code"
            value={typed}
            onChange={setTyped}
            error={tried && code === null ? t('check.codeWrong') : undefined}
            maxLength={120}
          />
          <Row>
            <Button type="submit">{t('verify.check')}</Button>
          </Row>
        </Stack>
      </form>
    </Card>
  );
}
