import type { InteractionView } from '@praya/identity/contract';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ProblemError } from '../api/request.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { TextField } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { Card, Page, Soft } from '../parts/layout.tsx';
import { Notice } from '../parts/notice.tsx';
import { sentenceOf, Trouble } from '../parts/trouble.tsx';
import type { CreationOptions } from '../passkey/authenticator.ts';
import { Demonstration } from './demonstration.tsx';
import { deviceName } from './device-name.ts';
import { formatEnrolmentCode, isWholeEnrolmentCode } from './enrolment-code.ts';
import styles from './sign-in.module.css';
import { enrol, enrolmentOptions, type NextStep } from './sign-in.ts';

type Props = {
  readonly view: InteractionView;
  readonly onNext: (next: NextStep) => void;
  readonly onBack: () => void;
};
type Redeemable = { readonly code: string; readonly options: CreationOptions };

/** A new resident: her code from the counter, then her passkey, then she is in. */
export function Enrolment(props: Props) {
  const { t } = useLanguage();
  const [redeemable, setRedeemable] = useState<Redeemable | null>(null);
  const [next, setNext] = useState<NextStep | null>(null);
  const step = next !== null ? 2 : redeemable !== null ? 1 : 0;
  return (
    <Page title={t('enrol.title')} lead={t('enrol.lead')}>
      <ol className={styles.steps} aria-label={t('enrol.steps')}>
        {(['enrol.stepCode', 'enrol.stepPasskey', 'enrol.stepDone'] as const).map((key, index) => (
          <li key={key} {...(index === step && { 'aria-current': 'step' as const })}>
            {t(key)}
          </li>
        ))}
      </ol>
      {step === 0 && <CodeForm uid={props.view.uid} onGood={setRedeemable} onBack={props.onBack} />}
      {step === 1 && redeemable !== null && (
        <PasskeyForm
          view={props.view}
          redeemable={redeemable}
          onDone={setNext}
          onBack={() => setRedeemable(null)}
        />
      )}
      {next !== null && <Done onGo={() => props.onNext(next)} />}
    </Page>
  );
}

function CodeForm(props: {
  readonly uid: string;
  readonly onGood: (redeemable: Redeemable) => void;
  readonly onBack: () => void;
}) {
  const { t } = useLanguage();
  const [code, setCode] = useState('');
  const [tooShort, setTooShort] = useState(false);
  const checking = useMutation({
    mutationFn: () => enrolmentOptions({ uid: props.uid, code }),
    onSuccess: ({ options }) => props.onGood({ code, options }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTooShort(!isWholeEnrolmentCode(code));
    if (isWholeEnrolmentCode(code)) checking.mutate();
  };
  const refused = checking.error instanceof ProblemError && checking.error.status < 500;
  const error = tooShort ? t('enrol.codeShort') : refused ? sentenceOf(checking.error, t) : undefined;
  return (
    <Card>
      <form className={styles.inside} onSubmit={submit} noValidate>
        {checking.error !== null && !refused && <Trouble error={checking.error} />}
        <TextField
          label={t('enrol.code')}
          hint={t('enrol.codeHint')}
          look="code"
          value={code}
          onChange={(typed) => setCode(formatEnrolmentCode(typed))}
          error={error}
          autoComplete="one-time-code"
          name="code"
        />
        <Button type="submit" wide pending={checking.isPending}>
          {t('enrol.checkCode')}
        </Button>
        <Button look="quiet" onPress={props.onBack}>
          {t('enrol.haveOne')}
        </Button>
      </form>
    </Card>
  );
}

function PasskeyForm(props: {
  readonly view: InteractionView;
  readonly redeemable: Redeemable;
  readonly onDone: (next: NextStep) => void;
  readonly onBack: () => void;
}) {
  const { view } = props;
  const { t } = useLanguage();
  const [name, setName] = useState(() => deviceName(navigator.userAgent));
  const making = useMutation({
    mutationFn: (how: { software: boolean }) => enrol({ uid: view.uid, name, ...how, ...props.redeemable }),
    onSuccess: props.onDone,
  });
  return (
    <Card>
      <Notice tone="good" title={t('enrol.codeGood')} />
      <Soft>{t('enrol.passkeyLead')}</Soft>
      <TextField
        label={t('devices.name')}
        hint={t('devices.nameHint')}
        value={name}
        onChange={setName}
        maxLength={60}
      />
      {making.error !== null && <Trouble error={making.error} />}
      <Button
        wide
        pending={making.isPending && !making.variables.software}
        disabled={name.trim() === ''}
        onPress={() => making.mutate({ software: false })}
      >
        <Icon name="key" />
        {t('enrol.makePasskey')}
      </Button>
      {view.demonstration && (
        <SoftwareWay
          pending={making.isPending && making.variables.software}
          onPress={() => making.mutate({ software: true })}
        />
      )}
      <Button look="quiet" onPress={props.onBack}>
        {t('enrol.otherCode')}
      </Button>
    </Card>
  );
}

function SoftwareWay(props: { readonly pending: boolean; readonly onPress: () => void }) {
  const { t } = useLanguage();
  return (
    <Demonstration>
      <Soft small>{t('demonstration.softwareLead')}</Soft>
      <Button look="secondary" wide pending={props.pending} onPress={props.onPress}>
        {t('demonstration.software')}
      </Button>
    </Demonstration>
  );
}

function Done(props: { readonly onGo: () => void }) {
  const { t } = useLanguage();
  return (
    <Card>
      <Notice tone="good" title={t('enrol.done')}>
        <p>{t('enrol.doneLead')}</p>
      </Notice>
      <Button wide onPress={props.onGo}>
        {t('goOn')}
      </Button>
    </Card>
  );
}
