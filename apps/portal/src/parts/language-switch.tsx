import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { useLanguage } from '../language/language-context.tsx';
import { LANGUAGE_NAMES, LANGUAGES } from '../language/languages.ts';
import { classNames } from './class-names.ts';
import styles from './shell.module.css';

export function LanguageSwitch() {
  const { t, language, speak } = useLanguage();
  return (
    <ToggleButtonGroup
      className={classNames(styles.languages)}
      aria-label={t('language')}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[language]}
      onSelectionChange={(keys) => {
        const chosen = LANGUAGES.find((tag) => keys.has(tag));
        if (chosen !== undefined) speak(chosen);
      }}
    >
      {LANGUAGES.map((tag) => (
        <ToggleButton key={tag} id={tag} className={classNames(styles.language)} lang={tag}>
          {LANGUAGE_NAMES[tag]}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
