import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LANGUAGES, type Language } from './language.ts';

/** Every sentence a person may read, by language and key. */
export type Messages = Readonly<Record<Language, Readonly<Record<string, string>>>>;

/**
 * Reads `<language>.json` of each directory and joins them; a later directory may not redefine a key.
 *
 * Errors  throws where a file is missing or two rooms claim one key
 */
export function loadMessages(directories: readonly string[]): Messages {
  const joined: Record<Language, Record<string, string>> = { en: {}, 'zh-Hant': {}, 'zh-Hans': {} };
  for (const directory of directories) {
    for (const language of LANGUAGES) {
      const file = join(directory, `${language}.json`);
      for (const [key, text] of Object.entries(JSON.parse(readFileSync(file, 'utf8')))) {
        if (key in joined[language]) throw new Error(`Two rooms define the message ${key} (${file})`);
        joined[language][key] = String(text);
      }
    }
  }
  return joined;
}

/** The sentence for a key, the key itself where there is none. `{name}` is filled from the values. */
export function messageOf(
  messages: Messages,
  language: Language,
  about: { readonly key: string; readonly values?: Readonly<Record<string, string | number>> },
): string {
  const text = messages[language][about.key] ?? messages.en[about.key] ?? about.key;
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(about.values?.[name] ?? whole));
}

/** The message folders below a directory of rooms. */
export function messageDirectories(roomsDirectory: string): string[] {
  return readdirSync(roomsDirectory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(roomsDirectory, entry.name, 'src', 'messages'))
    .filter((directory) => {
      try {
        return readdirSync(directory).length > 0;
      } catch {
        return false;
      }
    });
}
