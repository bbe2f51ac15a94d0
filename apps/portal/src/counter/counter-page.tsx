import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { formatDay } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { Facts } from '../parts/facts.tsx';
import { Checkbox, TextField } from '../parts/field.tsx';
import { Card, Page, Row, Soft } from '../parts/layout.tsx';
import { Notice } from '../parts/notice.tsx';
import { SignedIn } from '../parts/signed-in.tsx';
import { Trouble } from '../parts/trouble.tsx';
import styles from './counter.module.css';
import { EnrolmentSlip } from './enrolment-slip.tsx';
import { isIdentityNumberShape, normaliseIdentityNumber } from './identity-number.ts';
import { issueCode, type LookedUp, lookUp } from './sealed-letters.ts';

/** The counter: look up, compare the card, give the code, next person. */
export function CounterPage() {
  const { t } = useLanguage();
  const [visit, setVisit] = useState(0);
  return (
    <SignedIn title={t('counter.title')} roles={['counter.registrar']}>
      <Page title={t('counter.title')} lead={t('counter.lead')}>
        <Visit key={visit} onNext={() => setVisit((number) => number + 1)} />
      </Page>
    </SignedIn>
  );
}

// What was read about one person goes with this component: the next visit starts with nothing.
function Visit(props: { readonly onNext: () => void }) {
  const { t } = useLanguage();
  const looking = useMutation({ mutationFn: lookUp, gcTime: 0 });
  const issuing = useMutation({ mutationFn: issueCode, gcTime: 0 });
  const lookedUp = looking.data;
  if (issuing.data !== undefined) return <EnrolmentSlip issued={issuing.data} onNext={props.onNext} />;
  return (
    <>
      {lookedUp?.answer.found !== true && (
        <LookUpForm pending={looking.isPending} onLookUp={(about) => looking.mutate(about)} />
      )}
      {looking.error !== null && <Trouble error={looking.error} />}
      {lookedUp?.answer.found === false && (
        <Notice tone="wary" title={t('counter.notFound')}>
          <p>{t('counter.notFoundLead')}</p>
        </Notice>
      )}
      {lookedUp?.answer.found === true && (
        <Compare
          answer={lookedUp.answer}
          pending={issuing.isPending}
          onIssue={() => issuing.mutate(lookedUp)}
          onNext={props.onNext}
        />
      )}
      {issuing.error !== null && <Trouble error={issuing.error} />}
      <Soft small>{t('counter.sealed')}</Soft>
    </>
  );
}

function LookUpForm(props: {
  readonly pending: boolean;
  readonly onLookUp: (about: { idNo: string; dateOfBirth: string }) => void;
}) {
  const { t } = useLanguage();
  const [idNo, setIdNo] = useState('');
  const [dateOfBirth, setDateOfBirth] = useState('');
  const [tried, setTried] = useState(false);
  const idNoError = tried && !isIdentityNumberShape(idNo) ? t('counter.idNoError') : undefined;
  const dateError = tried && dateOfBirth === '' ? t('counter.dateError') : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isIdentityNumberShape(idNo) || dateOfBirth === '') return;
    props.onLookUp({ idNo: normaliseIdentityNumber(idNo), dateOfBirth });
  };
  return (
    <Card>
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextField
          label={t('counter.idNo')}
          hint={t('counter.idNoHint')}
          value={idNo}
          onChange={setIdNo}
          error={idNoError}
          maxLength={14}
        />
        <TextField
          label={t('counter.dateOfBirth')}
          hint={t('counter.dateHint')}
          type="date"
          value={dateOfBirth}
          onChange={setDateOfBirth}
          error={dateError}
        />
        <Button type="submit" pending={props.pending}>
          {t('counter.lookUp')}
        </Button>
      </form>
    </Card>
  );
}

function Compare(props: {
  readonly answer: Extract<LookedUp['answer'], { found: true }>;
  readonly pending: boolean;
  readonly onIssue: () => void;
  readonly onNext: () => void;
}) {
  const { nameEn, nameZh, dateOfBirth } = props.answer;
  const { t, language } = useLanguage();
  const [compared, setCompared] = useState(false);
  return (
    <Card>
      <h2>{t('counter.compare')}</h2>
      <Facts
        facts={[
          { term: t('counter.nameEn'), value: <strong>{nameEn}</strong> },
          { term: t('counter.nameZh'), value: <strong lang="zh-Hant">{nameZh ?? t('value.none')}</strong> },
          { term: t('counter.dateOfBirth'), value: <strong>{formatDay(dateOfBirth, language)}</strong> },
        ]}
      />
      <Checkbox selected={compared} onChange={setCompared}>
        {t('counter.compared')}
      </Checkbox>
      <Row>
        <Button disabled={!compared} pending={props.pending} onPress={props.onIssue}>
          {t('counter.issue')}
        </Button>
        <Button look="secondary" onPress={props.onNext}>
          {t('counter.startOver')}
        </Button>
      </Row>
    </Card>
  );
}
