import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { Row, Soft, Stack } from '../parts/layout.tsx';
import { Select } from '../parts/select.tsx';
import { trustListQuery } from '../proof/trust.ts';
import styles from './notary.module.css';

const MOST_STEPS = 20;

/** The departments that approve, in the order in which they do. */
export function ApprovalSteps(props: {
  readonly steps: readonly string[];
  readonly onChange: (steps: readonly string[]) => void;
  readonly missing: boolean;
}) {
  const { steps, onChange } = props;
  const { t, say } = useLanguage();
  const { data: trust } = useQuery(trustListQuery);
  const organisations = trust?.organisations ?? [];
  const nameOf = (id: string) => {
    const name = organisations.find((organisation) => organisation.id === id)?.name;
    return name === undefined ? id : say(name);
  };
  const swap = (at: number) => onChange(steps.with(at, steps[at - 1] ?? '').with(at - 1, steps[at] ?? ''));
  return (
    <fieldset className={styles.steps}>
      <legend className={styles.legend}>{t('notary.steps')}</legend>
      <Soft small>{t('notary.stepsLead')}</Soft>
      {steps.length > 0 && (
        <ol className={styles.chain}>
          {steps.map((id, at) => (
            <li key={id} className={styles.link}>
              <span className={styles.linkNumber}>{at + 1}</span>
              <span className={styles.linkName}>{nameOf(id)}</span>
              <Row>
                {at > 0 && (
                  <Button
                    look="quiet"
                    onPress={() => swap(at)}
                    label={t('notary.stepUpOf', { name: nameOf(id) })}
                  >
                    {t('notary.stepUp')}
                  </Button>
                )}
                <Button
                  look="quiet"
                  onPress={() => onChange(steps.toSpliced(at, 1))}
                  label={t('notary.stepRemoveOf', { name: nameOf(id) })}
                >
                  {t('notary.stepRemove')}
                </Button>
              </Row>
            </li>
          ))}
        </ol>
      )}
      {props.missing && (
        <p className={styles.error} role="alert">
          {t('notary.stepsNeeded')}
        </p>
      )}
      {steps.length < MOST_STEPS && (
        <NextStep
          choices={organisations
            .filter(({ id, kind }) => kind !== 'bank' && kind !== 'company' && !steps.includes(id))
            .map(({ id, name }) => ({ value: id, label: say(name) }))}
          onAdd={(id) => onChange([...steps, id])}
        />
      )}
    </fieldset>
  );
}

function NextStep(props: {
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly onAdd: (id: string) => void;
}) {
  const { t } = useLanguage();
  const [chosen, setChosen] = useState('');
  const value = props.choices.some((choice) => choice.value === chosen)
    ? chosen
    : (props.choices[0]?.value ?? '');
  if (props.choices.length === 0) return null;
  return (
    <Stack>
      <Select label={t('notary.stepNext')} value={value} choices={props.choices} onChange={setChosen} />
      <Row>
        <Button look="secondary" onPress={() => props.onAdd(value)}>
          {t('notary.stepAdd')}
        </Button>
      </Row>
    </Stack>
  );
}
