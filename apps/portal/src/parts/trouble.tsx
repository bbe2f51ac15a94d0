import { OfflineError, ProblemError } from '../api/request.ts';
import { signInPath } from '../api/session.ts';
import { useLanguage } from '../language/language-context.tsx';
import type { Translate } from '../language/text.ts';
import { Button, ButtonAnchor } from './button.tsx';
import { Notice } from './notice.tsx';

/** Something went wrong that a person can read about: said by our own code, with the key of its sentence. */
export class SaidError extends Error {
  readonly key: Parameters<Translate>[0];
  constructor(key: Parameters<Translate>[0], options?: ErrorOptions) {
    super(key, options);
    this.key = key;
  }
}

/** The sentence for an error: the server's own for a refusal, ours for the rest. */
export function sentenceOf(error: unknown, t: Translate): string {
  if (error instanceof SaidError) return t(error.key);
  if (error instanceof OfflineError) return t('trouble.offline');
  if (isSessionGone(error)) return t('trouble.session');
  if (error instanceof ProblemError && error.message !== '') return error.message;
  if (error instanceof DOMException && error.name === 'NotAllowedError') return t('passkey.cancelled');
  if (error instanceof Error && error.name === 'NotAllowedError') return t('passkey.cancelled');
  return t('trouble.fault');
}

export function isSessionGone(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 401 && error.code === 'request.not-signed-in';
}

/** What failed, in words, with the way on: again, or sign in. */
export function Trouble(props: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { t } = useLanguage();
  const { error, onRetry } = props;
  const reference = error instanceof ProblemError && error.status >= 500 ? error.instance : null;
  return (
    <Notice tone="bad" title={sentenceOf(error, t)}>
      {reference !== null && <p>{t('trouble.reference', { reference })}</p>}
      {isSessionGone(error) && (
        <p>
          <ButtonAnchor look="secondary" href={signInPath(location.pathname)}>
            {t('session.signIn')}
          </ButtonAnchor>
        </p>
      )}
      {onRetry !== undefined && !isSessionGone(error) && (
        <p>
          <Button look="secondary" onPress={onRetry}>
            {t('trouble.again')}
          </Button>
        </p>
      )}
    </Notice>
  );
}
