import { useState } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { Badge } from '../parts/badge.tsx';
import { Code } from '../parts/code.tsx';
import { Row, Soft } from '../parts/layout.tsx';
import type { Answer, Operation, Parameter } from './openapi.ts';
import styles from './reference.module.css';

/** One route: closed it is a line, open it is everything that the document says of it. */
export function OperationCard(props: { readonly operation: Operation }) {
  const { method, path, summary } = props.operation;
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.operation} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className={styles.method}>{method}</span>
        <span className={styles.path}>{path}</span>
        {summary !== '' && (
          <span className={styles.summary} lang="en">
            {summary}
          </span>
        )}
      </summary>
      {open && <OperationBody operation={props.operation} />}
    </details>
  );
}

function OperationBody(props: { readonly operation: Operation }) {
  const { t } = useLanguage();
  const { parameters, body, answers, method, path } = props.operation;
  const name = `${method} ${path}`;
  return (
    <div className={styles.body} lang="en">
      {parameters.length > 0 && (
        <section>
          <h3>{t('reference.parameters')}</h3>
          <ul className={styles.parameters}>
            {parameters.map((parameter) => (
              <ParameterLine key={`${parameter.in} ${parameter.name}`} parameter={parameter} />
            ))}
          </ul>
        </section>
      )}
      {body !== null && (
        <section>
          <h3>{t('reference.body')}</h3>
          <Soft small>{body.type}</Soft>
          <Code label={`${t('reference.body')} ${name}`} value={body.schema} />
        </section>
      )}
      <section>
        <h3>{t('reference.answers')}</h3>
        {answers.map((answer) => (
          <AnswerPart key={answer.status} answer={answer} name={name} />
        ))}
      </section>
    </div>
  );
}

function ParameterLine(props: { readonly parameter: Parameter }) {
  const { t } = useLanguage();
  const { parameter } = props;
  const { type, pattern } = parameter.schema ?? {};
  return (
    <li>
      <Row>
        <code>{parameter.name}</code>
        <Badge>{parameter.in}</Badge>
        {parameter.required === true && <Badge tone="wary">{t('reference.required')}</Badge>}
      </Row>
      <Soft small>{[type, pattern, parameter.description].filter(Boolean).map(String).join(' · ')}</Soft>
    </li>
  );
}

function AnswerPart(props: { readonly answer: Answer; readonly name: string }) {
  const { status, description, schema } = props.answer;
  return (
    <div className={styles.answer}>
      <Row>
        <Badge tone={status.startsWith('2') ? 'good' : 'plain'}>{status}</Badge>
        <span>{description}</span>
      </Row>
      {schema !== null && <Code label={`${status} ${props.name}`} value={schema} />}
    </div>
  );
}
