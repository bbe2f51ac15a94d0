import type { ConsentView } from '@praya/consent/contract';
import type { InteractionView } from '@praya/identity/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Facts } from '../parts/facts.tsx';
import { Icon } from '../parts/icon.tsx';
import { Card, Page, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Notice } from '../parts/notice.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { isKnownRecipient, trustListQuery } from '../proof/trust.ts';
import { signIn } from '../sign-in/sign-in.ts';
import styles from './consent.module.css';
import { type Chosen, requestedConsentQuery } from './consent-requests.ts';
import { Decision } from './decision.tsx';
import { ServiceCard } from './service-card.tsx';
import { termsOf } from './terms.ts';
import { useTapNeeded } from './use-preview.ts';

/** Who asks for what, with her own values before her eyes; then yes or no. */
export function ConsentStep(props: { readonly view: InteractionView }) {
  const { t, say } = useLanguage();
  const { data: consent, error, refetch } = useQuery(requestedConsentQuery(props.view.uid));
  if (consent !== undefined) return <Consent uid={props.view.uid} consent={consent} />;
  return (
    <Page title={t('consent.title', { recipient: say(props.view.client.name) })}>
      {error === null ? <Loading /> : <Trouble error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

function Consent(props: { readonly uid: string; readonly consent: ConsentView }) {
  const { uid, consent } = props;
  const { t, say } = useLanguage();
  const [chosen, setChosen] = useState<Chosen>({});
  const [decided, setDecided] = useState(false);
  const recipient = say(consent.recipient.name);
  const show = useShowValues(uid);
  const toggle = (service: string, field: string, selected: boolean) =>
    setChosen((before) => {
      const others = (before[service] ?? []).filter((name) => name !== field);
      return { ...before, [service]: selected ? [...others, field] : others };
    });
  return (
    <Page title={t('consent.title', { recipient })}>
      <Asker consent={consent} />
      {show.error !== null && <Trouble error={show.error} />}
      <ShowValues uid={uid} consent={consent} pending={show.isPending} onShow={() => show.mutate()} />
      {consent.services.map((service) => (
        <ServiceCard
          key={service.id}
          uid={uid}
          consent={consent}
          service={service}
          chosen={chosen[service.id] ?? []}
          disabled={decided}
          onToggle={(field, selected) => toggle(service.id, field, selected)}
        />
      ))}
      <p className={styles.recorded}>
        <Icon name="eye" size={18} />
        {t('consent.previewRecorded')}
      </p>
      <Decision uid={uid} consent={consent} chosen={chosen} onBusy={setDecided} />
    </Page>
  );
}

function ShowValues(props: {
  readonly uid: string;
  readonly consent: ConsentView;
  readonly pending: boolean;
  readonly onShow: () => void;
}) {
  const { t } = useLanguage();
  const needed = useTapNeeded(props.uid, props.consent);
  if (!needed) return null;
  return (
    <Notice title={t('preview.tap')}>
      <p>
        <Button look="secondary" pending={props.pending} onPress={props.onShow}>
          <Icon name="eye" />
          {t('preview.show')}
        </Button>
      </p>
    </Notice>
  );
}

function useShowValues(uid: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => signIn(uid),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['interaction', uid, 'preview'] }),
  });
}

function Asker(props: { readonly consent: ConsentView }) {
  const { consent } = props;
  const tools = useLanguage();
  const { t, say } = tools;
  return (
    <Card>
      <div className={styles.asker}>
        <span className={styles.monogram} aria-hidden="true">
          {[...say(consent.recipient.name)][0]}
        </span>
        <div>
          <p className={styles.askerName}>{say(consent.recipient.name)}</p>
          <Known consent={consent} />
        </div>
      </div>
      <div>
        <h2>{t('consent.why')}</h2>
        <p>{say(consent.purpose.text)}</p>
      </div>
      <Facts facts={termsOf(consent, tools)} />
    </Card>
  );
}

function Known(props: { readonly consent: ConsentView }) {
  const { t } = useLanguage();
  const { data: trust, error, refetch } = useQuery(trustListQuery);
  if (error !== null) return <Trouble error={error} onRetry={() => void refetch()} />;
  if (trust === undefined) return <Soft small>{t('consent.checking')}</Soft>;
  return isKnownRecipient(trust, props.consent.recipient) ? (
    <Badge tone="good" icon="shield">
      {t('consent.known')}
    </Badge>
  ) : (
    <Badge tone="bad" icon="warning">
      {t('consent.unknown')}
    </Badge>
  );
}
