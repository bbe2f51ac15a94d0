import type { FormEvent, ReactNode } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { Card, Soft, Stack } from '../parts/layout.tsx';
import { Notice } from '../parts/notice.tsx';
import { Trouble } from '../parts/trouble.tsx';

/** A form that proposes a change: its fields, what became of it, the button. */
export function ProposalFrame(props: {
  readonly pending: boolean;
  readonly error: unknown;
  readonly done: boolean;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}) {
  const { t } = useLanguage();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onSubmit();
  };
  return (
    <Card>
      <form onSubmit={submit} noValidate>
        <Stack>
          {props.children}
          {props.error !== null && <Trouble error={props.error} />}
          {props.done && (
            <Notice tone="good" title={t('changes.proposed')}>
              <p>{t('changes.proposedLead')}</p>
            </Notice>
          )}
          <p>
            <Button type="submit" pending={props.pending}>
              {t('changes.propose')}
            </Button>
          </p>
          <Soft small>{t('changes.fourEyes')}</Soft>
        </Stack>
      </form>
    </Card>
  );
}
