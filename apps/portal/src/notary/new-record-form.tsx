import type { NewRecord, NotaryRecord, RecordKind } from '@praya/notary/records/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { postOnce } from '../api/request.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { Checkbox, TextField } from '../parts/field.tsx';
import { Card, Row, Soft, Stack } from '../parts/layout.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { ApprovalSteps } from './approval-steps.tsx';
import { type Hashed, HashInput } from './hash-input.tsx';
import styles from './notary.module.css';
import { useNotaryPath } from './offices.ts';

type Fields = {
  readonly title: string;
  readonly reference: string;
  readonly holder: string;
  readonly from: string;
  readonly until: string;
  readonly shown: boolean;
};

const EMPTY: Fields = { title: '', reference: '', holder: '', from: '', until: '', shown: false };

/** What a new record says, what is hashed for it, and its sending: once, however often it is pressed. */
export function NewRecordForm(props: { readonly kind: RecordKind }) {
  const { kind } = props;
  const { t } = useLanguage();
  const sending = useSending();
  const [fields, setFields] = useState(EMPTY);
  const [hashed, setHashed] = useState<Hashed | null>(null);
  const [steps, setSteps] = useState<readonly string[]>([]);
  const [tried, setTried] = useState(false);
  const change = (part: Partial<Fields>) => setFields((now) => ({ ...now, ...part }));
  const needsHash = kind === 'file' || kind === 'folder';
  const missing = {
    title: fields.title.trim() === '',
    hash: needsHash && hashed === null,
    steps: kind === 'approval' && steps.length === 0,
    until: fields.from !== '' && fields.until !== '' && fields.until < fields.from,
  };
  const take = (next: Hashed | null) => {
    setHashed(next);
    if (next !== null && fields.title === '') change({ title: next.name });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!Object.values(missing).some(Boolean)) sending.mutate(recordOf({ kind, fields, hashed, steps }));
  };
  return (
    <form onSubmit={submit} noValidate>
      <Card>
        <HashInput kind={kind} onHashed={take} missing={tried && missing.hash} />
        {kind === 'approval' && (
          <ApprovalSteps steps={steps} onChange={setSteps} missing={tried && missing.steps} />
        )}
        <TextField
          label={t('notary.field.title')}
          hint={t('notary.field.titleHint')}
          value={fields.title}
          onChange={(title) => change({ title })}
          error={tried && missing.title ? t('field.needed') : undefined}
          maxLength={200}
          required
        />
        <Particulars kind={kind} fields={fields} onChange={change} wrong={tried && missing.until} />
        <Checkbox selected={fields.shown} onChange={(shown) => change({ shown })}>
          {t('notary.field.shown')}
        </Checkbox>
        <Soft small>{t('notary.nothingPersonal')}</Soft>
        {sending.error !== null && <Trouble error={sending.error} />}
        <Row>
          <Button type="submit" pending={sending.isPending}>
            {t('notary.send')}
          </Button>
        </Row>
      </Card>
    </form>
  );
}

function Particulars(props: {
  readonly kind: RecordKind;
  readonly fields: Fields;
  readonly onChange: (part: Partial<Fields>) => void;
  readonly wrong: boolean;
}) {
  const { kind, fields, onChange } = props;
  const { t } = useLanguage();
  return (
    <Stack>
      <div className={styles.pair}>
        <TextField
          label={t('notary.field.reference')}
          hint={t('notary.field.referenceHint')}
          value={fields.reference}
          onChange={(reference) => onChange({ reference })}
          maxLength={100}
        />
        {kind !== 'folder' && (
          <TextField
            label={t('notary.field.holder')}
            hint={t('notary.field.holderHint')}
            value={fields.holder}
            onChange={(holder) => onChange({ holder })}
            maxLength={200}
          />
        )}
      </div>
      {(kind === 'licence' || kind === 'approval') && (
        <div className={styles.pair}>
          <TextField
            label={t('notary.field.from')}
            type="date"
            value={fields.from}
            onChange={(from) => onChange({ from })}
          />
          <TextField
            label={t('notary.field.until')}
            type="date"
            value={fields.until}
            onChange={(until) => onChange({ until })}
            error={props.wrong ? t('notary.field.untilWrong') : undefined}
          />
        </div>
      )}
    </Stack>
  );
}

/** The last second of a day in the city, or its first. */
export function instantOf(day: string, end: 'first' | 'last'): string | null {
  return day === '' ? null : `${day}T${end === 'first' ? '00:00:00' : '23:59:59'}+08:00`;
}

function recordOf(about: {
  kind: RecordKind;
  fields: Fields;
  hashed: Hashed | null;
  steps: readonly string[];
}): NewRecord {
  const { kind, fields, hashed, steps } = about;
  return {
    kind,
    title: fields.title.trim(),
    reference: fields.reference.trim() || null,
    holder: fields.holder.trim() || null,
    validFrom: instantOf(fields.from, 'first'),
    validUntil: instantOf(fields.until, 'last'),
    disclose: fields.shown ? 'title' : 'status',
    ...(hashed?.manifest === null && { digest: hashed.digest }),
    ...(hashed?.manifest != null && { manifest: [...hashed.manifest] }),
    ...(kind === 'approval' && { steps: steps.map((id) => ({ organisation: id as StepId })) }),
  };
}

type StepId = NonNullable<NewRecord['steps']>[number]['organisation'];

/** Sends under one key for the life of the form: a second press after a lost answer makes no second record. */
function useSending() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const path = useNotaryPath();
  const [sent, setSent] = useState({ key: crypto.randomUUID(), body: '' });
  return useMutation({
    mutationFn: (record: NewRecord) => {
      const body = JSON.stringify(record);
      const key = sent.body === '' || sent.body === body ? sent.key : crypto.randomUUID();
      setSent({ key, body });
      return postOnce<NotaryRecord>(path('/records'), { key, body: record });
    },
    onSuccess: (record) => {
      queries.setQueryData(['notary-record', record.id], record);
      void queries.invalidateQueries({ queryKey: ['notary-records'] });
      return navigate({ to: '/notary/records/$id', params: { id: record.id } });
    },
  });
}
