import type { ConsentView } from '@praya/consent/contract';
import { useLanguage } from '../language/language-context.tsx';
import { Checkbox } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { Card, Soft } from '../parts/layout.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Value } from '../parts/value.tsx';
import styles from './consent.module.css';
import { isTapNeeded, type ServiceView, usePreview } from './use-preview.ts';

type Props = {
  readonly uid: string;
  readonly consent: ConsentView;
  readonly service: ServiceView;
  readonly chosen: readonly string[];
  readonly disabled: boolean;
  readonly onToggle: (field: string, selected: boolean) => void;
};
type Preview = ReturnType<typeof usePreview>;

/** One department's record: what must go, what may go, each with its present value. */
export function ServiceCard(props: Props) {
  const { service } = props;
  const { t, say } = useLanguage();
  const preview = usePreview({ uid: props.uid, service });
  const required = service.fields.filter((field) => field.required);
  const optional = service.fields.filter((field) => !field.required);
  return (
    <Card>
      <div>
        <h2>{say(service.title)}</h2>
        <Soft small>{t('consent.from', { provider: say(service.provider.name) })}</Soft>
      </div>
      <PreviewState preview={preview} />
      {required.length > 0 && (
        <section className={styles.group}>
          <h3>{t('consent.required')}</h3>
          <ul className={styles.fields}>
            {required.map((field) => (
              <li className={styles.field} key={field.name}>
                <span className={styles.needed}>
                  <Icon name="check" size={18} />
                </span>
                <FieldText field={field} preview={preview} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {optional.length > 0 && <OptionalFields {...props} fields={optional} preview={preview} />}
    </Card>
  );
}

function OptionalFields(
  props: Props & { readonly fields: ServiceView['fields']; readonly preview: Preview },
) {
  const { t, say } = useLanguage();
  return (
    <section className={styles.group}>
      <h3>{t('consent.optional')}</h3>
      <Soft small>{t('consent.optionalLead', { recipient: say(props.consent.recipient.name) })}</Soft>
      <ul className={styles.fields}>
        {props.fields.map((field) => (
          <li key={field.name}>
            <Checkbox
              selected={props.chosen.includes(field.name)}
              disabled={props.disabled}
              onChange={(selected) => props.onToggle(field.name, selected)}
            >
              <FieldText field={field} preview={props.preview} />
            </Checkbox>
          </li>
        ))}
      </ul>
    </section>
  );
}

function FieldText(props: { readonly field: ServiceView['fields'][number]; readonly preview: Preview }) {
  const { say } = useLanguage();
  const { data, isFetching } = props.preview;
  return (
    <span className={styles.text}>
      <span className={styles.title}>{say(props.field.title)}</span>
      {data !== undefined && (
        <span className={styles.shown}>
          <Value value={data.values[props.field.name]} />
        </span>
      )}
      {data === undefined && isFetching && <span className={styles.waiting} aria-hidden="true" />}
    </span>
  );
}

function PreviewState(props: { readonly preview: Preview }) {
  const { t } = useLanguage();
  const { data, error, isFetching, refetch } = props.preview;
  if (error !== null && !isFetching && !isTapNeeded(error)) {
    return <Trouble error={error} onRetry={() => void refetch()} />;
  }
  const waiting = isTapNeeded(error) && !isFetching ? 'preview.hidden' : 'preview.loading';
  return (
    <p className={styles.state} role="status">
      <Icon name={data === undefined ? 'eye' : 'shield'} size={17} />
      {t(data === undefined ? waiting : 'preview.checked')}
    </p>
  );
}
