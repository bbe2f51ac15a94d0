import { useLanguage } from '../language/language-context.tsx';
import { Button } from './button.tsx';

type Pages = {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => unknown;
};

/** The way to the next page of a list, where there is one. */
export function More(props: { readonly pages: Pages }) {
  const { t } = useLanguage();
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = props.pages;
  if (!hasNextPage) return null;
  return (
    <p>
      <Button look="secondary" pending={isFetchingNextPage} onPress={() => void fetchNextPage()}>
        {t('more')}
      </Button>
    </p>
  );
}
