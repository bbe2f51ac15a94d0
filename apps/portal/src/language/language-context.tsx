import type { Language, LocalisedText } from '@praya/kernel/language';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { I18nProvider } from 'react-aria-components';
import { rememberLanguage } from './languages.ts';
import { fill, loadTexts, type Texts, type Translate } from './text.ts';

type Spoken = { readonly language: Language; readonly texts: Texts };
type LanguageTools = {
  readonly language: Language;
  readonly t: Translate;
  /** The part of a text in three languages that she reads. */
  readonly say: (text: LocalisedText) => string;
  readonly speak: (language: Language) => void;
};

const Context = createContext<LanguageTools | null>(null);

export function useLanguage(): LanguageTools {
  const tools = useContext(Context);
  if (tools === null) throw new Error('LanguageProvider is missing above this component');
  return tools;
}

export function LanguageProvider(props: { readonly first: Spoken; readonly children: ReactNode }) {
  const [spoken, setSpoken] = useState(props.first);
  useEffect(() => {
    document.documentElement.lang = spoken.language;
  }, [spoken.language]);
  const tools = useMemo<LanguageTools>(
    () => ({
      language: spoken.language,
      t: (key, values) => fill(spoken.texts, { key, language: spoken.language, ...(values && { values }) }),
      say: (text) => text[spoken.language],
      speak: (language) => {
        rememberLanguage(language);
        void loadTexts(language).then((texts) => setSpoken({ language, texts }));
      },
    }),
    [spoken],
  );
  return (
    <Context.Provider value={tools}>
      <I18nProvider locale={spoken.language === 'en' ? 'en-HK' : spoken.language}>
        {props.children}
      </I18nProvider>
    </Context.Provider>
  );
}
