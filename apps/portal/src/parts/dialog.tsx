import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';
import styles from './dialog.module.css';

/** A question that must be answered before anything else happens. */
export function Dialog(props: {
  readonly open: boolean;
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly actions: ReactNode;
}) {
  return (
    <ModalOverlay
      className={classNames(styles.overlay)}
      isOpen={props.open}
      onOpenChange={(open) => !open && props.onClose()}
    >
      <Modal className={classNames(styles.modal)}>
        <AriaDialog className={classNames(styles.dialog)} role="alertdialog">
          <Heading slot="title">{props.title}</Heading>
          {props.children}
          <div className={styles.actions}>{props.actions}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** A dialog that asks whether to go on. */
export function ConfirmDialog(props: {
  readonly open: boolean;
  readonly title: string;
  readonly confirm: string;
  readonly danger?: boolean;
  readonly pending?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { t } = useLanguage();
  return (
    <Dialog
      open={props.open}
      title={props.title}
      onClose={props.onClose}
      actions={
        <>
          <Button look="secondary" onPress={props.onClose}>
            {t('cancel')}
          </Button>
          <Button
            look={props.danger === true ? 'danger' : 'primary'}
            pending={props.pending ?? false}
            onPress={props.onConfirm}
          >
            {props.confirm}
          </Button>
        </>
      }
    >
      {props.children}
    </Dialog>
  );
}
