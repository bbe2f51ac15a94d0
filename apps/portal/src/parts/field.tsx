import type { ReactNode } from 'react';
import {
  Checkbox as AriaCheckbox,
  TextField as AriaTextField,
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
} from 'react-aria-components';
import { classNames } from './class-names.ts';
import styles from './field.module.css';
import { Icon } from './icon.tsx';

type TextFieldProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly name?: string;
  readonly type?: 'text' | 'search' | 'date' | 'url' | 'password' | 'datetime-local';
  readonly look?: 'code';
  readonly area?: boolean;
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly autoComplete?: string;
};

/** A labelled text with its hint and its error. */
export function TextField(props: TextFieldProps) {
  const { label, value, onChange, hint, error, name, type = 'text', look, area = false } = props;
  const className = classNames(styles.input, look === 'code' && styles.code, area && styles.area);
  return (
    <AriaTextField
      className={classNames(styles.field)}
      value={value}
      onChange={onChange}
      type={type}
      isInvalid={error !== undefined}
      isRequired={props.required ?? false}
      validationBehavior="aria"
      autoComplete={props.autoComplete ?? 'off'}
      {...(name !== undefined && { name })}
      {...(props.maxLength !== undefined && { maxLength: props.maxLength })}
    >
      <Label>{label}</Label>
      {hint !== undefined && (
        <Text slot="description" className={classNames(styles.hint)}>
          {hint}
        </Text>
      )}
      {area ? (
        <TextArea className={className} spellCheck={false} />
      ) : (
        <Input
          className={className}
          {...(look === 'code' && { spellCheck: false, autoCapitalize: 'characters' })}
        />
      )}
      <FieldError className={classNames(styles.error)}>{error}</FieldError>
    </AriaTextField>
  );
}

/** A box to tick. It starts as its caller says, and our callers say unticked. */
export function Checkbox(props: {
  readonly selected: boolean;
  readonly onChange: (selected: boolean) => void;
  readonly children: ReactNode;
  readonly disabled?: boolean;
}) {
  return (
    <AriaCheckbox
      className={classNames(styles.checkbox)}
      isSelected={props.selected}
      onChange={props.onChange}
      isDisabled={props.disabled ?? false}
    >
      <span className={styles.box} aria-hidden="true">
        <Icon name="check" size={18} />
      </span>
      <span>{props.children}</span>
    </AriaCheckbox>
  );
}
