import type { ConsentView } from '@praya/consent/contract';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { trustListQuery } from '../proof/trust.ts';
import { agree } from './agree.ts';
import styles from './consent.module.css';
import { type Chosen, refuseConsent } from './consent-requests.ts';
import { noticeDigest } from './notice-digest.ts';

type Props = {
  readonly uid: string;
  readonly consent: ConsentView;
  readonly chosen: Chosen;
  readonly onBusy: (busy: boolean) => void;
};

/** Two answers of the same size and weight. */
export function Decision(props: Props) {
  const { uid, consent, chosen, onBusy } = props;
  const tools = useLanguage();
  const { t, say } = tools;
  const { data: trust } = useQuery(trustListQuery);
  const settle = {
    onMutate: () => onBusy(true),
    onError: () => onBusy(false),
    onSuccess: ({ redirectTo }: { redirectTo: string }) => location.assign(redirectTo),
  };
  const refusing = useMutation({ mutationFn: () => refuseConsent(uid), ...settle });
  const agreeing = useMutation({
    mutationFn: async () => {
      if (trust === undefined) throw new Error('The trust list is not loaded');
      return agree({ uid, view: consent, chosen, trust, notice: await noticeDigest(consent, tools) });
    },
    ...settle,
  });
  const busy = refusing.isPending || agreeing.isPending || refusing.isSuccess || agreeing.isSuccess;
  const error = agreeing.error ?? refusing.error;
  return (
    <section className={styles.decision} aria-label={t('consent.decision')}>
      <p>{t('consent.signLead')}</p>
      <p>{t('consent.later')}</p>
      {error !== null && !busy && <Trouble error={error} />}
      <div className={styles.answers}>
        <Button
          look="secondary"
          wide
          disabled={busy && !refusing.isPending}
          pending={refusing.isPending}
          onPress={() => refusing.mutate()}
        >
          {t('consent.refuse')}
        </Button>
        <Button
          look="secondary"
          wide
          disabled={trust === undefined || (busy && !agreeing.isPending)}
          pending={agreeing.isPending}
          onPress={() => agreeing.mutate()}
        >
          {t('consent.agree')}
        </Button>
      </div>
      <p className={styles.fine}>{t('consent.refuseMeans', { recipient: say(consent.recipient.name) })}</p>
    </section>
  );
}
