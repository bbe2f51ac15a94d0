import type { InteractionView } from '@praya/identity/contract';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Card, Page, Soft, Stack } from '../parts/layout.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { forgetDemonstrationPasskey } from '../passkey/demonstration-passkey.ts';
import { DemonstrationPanel } from './demonstration-panel.tsx';
import { Enrolment } from './enrolment.tsx';
import styles from './sign-in.module.css';
import { abort, type NextStep, signIn } from './sign-in.ts';

type StepProps = { readonly view: InteractionView; readonly onNext: (next: NextStep) => void };

export function SignInStep(props: StepProps) {
  const [enrolling, setEnrolling] = useState(false);
  if (enrolling) return <Enrolment {...props} onBack={() => setEnrolling(false)} />;
  return <PasskeySignIn {...props} onEnrol={() => setEnrolling(true)} />;
}

function PasskeySignIn(props: StepProps & { readonly onEnrol: () => void }) {
  const { view, onNext, onEnrol } = props;
  const { t, say } = useLanguage();
  const signing = useMutation({
    mutationFn: () => {
      forgetDemonstrationPasskey();
      return signIn(view.uid);
    },
    onSuccess: onNext,
  });
  return (
    <Page title={t('signIn.title')} lead={t('signIn.lead', { client: say(view.client.name) })}>
      <div className={styles.columns}>
        <Stack>
          <Card>
            {signing.error !== null && <Trouble error={signing.error} />}
            <Button wide pending={signing.isPending} onPress={() => signing.mutate()}>
              <Icon name="key" />
              {t('signIn.withPasskey')}
            </Button>
            <Soft small>{t('signIn.passkeyHint')}</Soft>
            <hr className={styles.rule} />
            <h2>{t('signIn.newHere')}</h2>
            <Soft>{t('signIn.newHereLead')}</Soft>
            <Button wide look="secondary" onPress={onEnrol}>
              {t('signIn.enrol')}
            </Button>
          </Card>
          <Cancel view={view} />
        </Stack>
        {view.demonstration && <DemonstrationPanel uid={view.uid} onNext={onNext} />}
      </div>
    </Page>
  );
}

function Cancel(props: { readonly view: InteractionView }) {
  const { t, say } = useLanguage();
  const leaving = useMutation({ mutationFn: () => abort(props.view.uid) });
  return (
    <>
      {leaving.error !== null && <Trouble error={leaving.error} />}
      <p>
        <Button look="quiet" pending={leaving.isPending} onPress={() => leaving.mutate()}>
          {t('signIn.cancel', { client: say(props.view.client.name) })}
        </Button>
      </p>
    </>
  );
}
