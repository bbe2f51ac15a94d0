import { expect, test } from 'vitest';
import { languageOf } from './language.ts';

test.each([
  ['zh-HK,zh;q=0.9,en;q=0.8', 'zh-Hant'],
  ['zh-CN', 'zh-Hans'],
  ['en-GB;q=0.5, zh-TW;q=0.9', 'zh-Hant'],
  ['fr-FR', 'en'],
  [undefined, 'en'],
])('%s reads as %s', (header, language) => {
  expect(languageOf(header)).toBe(language);
});
