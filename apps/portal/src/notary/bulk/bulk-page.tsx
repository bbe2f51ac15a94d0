import type { BulkAccepted } from '@praya/notary/contract';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { sendText } from '../../api/request.ts';
import { formatNumber } from '../../language/format.ts';
import { useLanguage } from '../../language/language-context.tsx';
import { Button } from '../../parts/button.tsx';
import { FileDrop } from '../../parts/file-drop.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Card, Page, Row, Section, Soft, Stack } from '../../parts/layout.tsx';
import { Notice } from '../../parts/notice.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { SignedIn } from '../../parts/signed-in.tsx';
import { SaidError, Trouble } from '../../parts/trouble.tsx';
import { NOTARIES, useNotaryPath } from '../offices.ts';
import { BulkFaults, BulkTable } from './bulk-preview.tsx';
import { type Preview, previewOf, TEMPLATE } from './bulk-rows.ts';

const MOST_BYTES = 16 * 1024 * 1024;

type Chosen = { readonly name: string; readonly text: string; readonly preview: Preview };

/** Many records in one go: a CSV, looked through here before it is sent. */
export function BulkPage() {
  const { t } = useLanguage();
  return (
    <SignedIn title={t('bulk.title')} roles={NOTARIES}>
      <Page title={t('bulk.title')} lead={t('bulk.lead')} back={{ to: '/notary', label: t('notary.title') }}>
        <Work />
      </Page>
    </SignedIn>
  );
}

function Work() {
  const { t } = useLanguage();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const reading = useMutation({
    mutationFn: (file: File) => readChosen(file),
    onSuccess: (read) => setChosen(read.ok ? read.chosen : null),
  });
  const refused = reading.data?.ok === false ? reading.data : null;
  if (chosen !== null) return <Review chosen={chosen} onOther={() => setChosen(null)} />;
  return (
    <>
      <FileDrop
        label={t('bulk.drop')}
        choose={t('verify.choose')}
        accept={['text/csv', '.csv']}
        onFiles={([first]) => first !== undefined && reading.mutate(first.file)}
      />
      {reading.error !== null && <Trouble error={reading.error} />}
      {refused !== null && <Notice tone="bad" title={t(refused.key, refused.values)} />}
      <Section title={t('bulk.how')}>
        <Card>
          <p>{t('bulk.howLead')}</p>
          <Row>
            <Button look="secondary" onPress={() => saveFile('notary-template.csv', TEMPLATE, 'text/csv')}>
              <Icon name="download" />
              {t('bulk.template')}
            </Button>
          </Row>
        </Card>
      </Section>
    </>
  );
}

async function readChosen(file: File) {
  if (file.size > MOST_BYTES) throw new SaidError('bulk.tooLarge');
  const bytes = await file.arrayBuffer();
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SaidError('bulk.notUtf8', { cause });
  }
  const read = previewOf(text);
  return read.ok
    ? ({ ok: true, chosen: { name: file.name, text, preview: read.preview } } as const)
    : ({ ok: false, key: read.key, values: read.values } as const);
}

function Review(props: { readonly chosen: Chosen; readonly onOther: () => void }) {
  const { name, text, preview } = props.chosen;
  const { t, language } = useLanguage();
  const navigate = useNavigate();
  const path = useNotaryPath();
  const [key] = useState(() => crypto.randomUUID());
  const sending = useMutation({
    mutationFn: () => sendText<BulkAccepted>(path('/bulk'), { key, type: 'text/csv; charset=utf-8', text }),
    onSuccess: ({ id }) => navigate({ to: '/notary/bulk/$id', params: { id } }),
  });
  const bad = new Set(preview.faults.map(({ row }) => row)).size;
  const good = preview.rows.length - bad;
  return (
    <Stack>
      <Card>
        <Row between>
          <h2>{name}</h2>
          <Button look="quiet" onPress={props.onOther}>
            {t('hashing.otherFile')}
          </Button>
        </Row>
        {bad === 0 ? (
          <Notice tone="good" title={t('bulk.allGood', { count: good })} />
        ) : (
          <Notice tone="wary" title={t('bulk.someBad', { count: bad })}>
            <p>{t('bulk.someBadLead')}</p>
          </Notice>
        )}
        {bad > 0 && <BulkFaults faults={preview.faults} />}
        <h3>{t('bulk.preview', { total: formatNumber(preview.rows.length, language) })}</h3>
        <BulkTable rows={preview.rows} faults={preview.faults} />
        {sending.error !== null && <Trouble error={sending.error} />}
        <Row>
          <Button disabled={good === 0} pending={sending.isPending} onPress={() => sending.mutate()}>
            {t('bulk.send', { count: good })}
          </Button>
        </Row>
        <Soft small>{t('bulk.sendLead')}</Soft>
      </Card>
    </Stack>
  );
}
