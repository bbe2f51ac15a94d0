import { fileURLToPath } from 'node:url';
import { loadMessages } from '@praya/kernel/messages';
import { expect, test } from 'vitest';
import { REFUSALS } from './refusals.ts';

test.each(['en', 'zh-Hant', 'zh-Hans'] as const)('every refusal has a sentence in %s', (language) => {
  const messages = loadMessages([fileURLToPath(new URL('./messages', import.meta.url))]);
  expect(Object.keys(messages[language]).sort()).toEqual(Object.keys(REFUSALS).sort());
});
