import { describe, expect, it } from 'vitest';
import english from '../messages/en.json' with { type: 'json' };
import simplified from '../messages/zh-Hans.json' with { type: 'json' };
import traditional from '../messages/zh-Hant.json' with { type: 'json' };
import { chooseLanguage } from './languages.ts';
import { fill } from './text.ts';

const texts = { greet: 'Hello {name}', 'days.one': 'One day', days: '{count} days' };

describe('a sentence', () => {
  it('is filled from the values', () => {
    expect(fill(texts, { key: 'greet', language: 'en', values: { name: 'Mei' } })).toBe('Hello Mei');
  });

  it('keeps a gap that has no value, and a key that has no sentence', () => {
    expect(fill(texts, { key: 'greet', language: 'en' })).toBe('Hello {name}');
    expect(fill(texts, { key: 'nowhere', language: 'en' })).toBe('nowhere');
  });

  it('takes its singular where the language has one', () => {
    expect(fill(texts, { key: 'days', language: 'en', values: { count: 1 } })).toBe('One day');
    expect(fill(texts, { key: 'days', language: 'en', values: { count: 1200 } })).toBe('1,200 days');
    expect(fill(texts, { key: 'days', language: 'zh-Hant', values: { count: 1 } })).toBe('1 days');
  });
});

describe('the messages', () => {
  it.each([
    ['zh-Hant', traditional],
    ['zh-Hans', simplified],
  ])(
    '%s says everything that English says, with the same gaps',
    (_language, messages: Record<string, string>) => {
      const gaps = (text: string | undefined) => [...new Set(text?.match(/\{\w+\}/g) ?? [])].sort();
      expect(Object.keys(messages).sort()).toEqual(Object.keys(english).sort());
      const unlike = Object.entries(english).filter(([key, text]) => {
        const isSingular = key.endsWith('.one');
        return !isSingular && gaps(text).join() !== gaps(messages[key]).join();
      });
      expect(unlike).toEqual([]);
    },
  );
});

describe('the language of a visit', () => {
  it.each([
    ['praya_language=zh-Hans; a=b', ['en'], 'zh-Hans'],
    ['praya_language=fr', ['zh-HK', 'en'], 'zh-Hant'],
    ['', ['zh-CN'], 'zh-Hans'],
    ['', ['fr', 'en-GB'], 'en'],
    ['', [], 'en'],
  ] as const)('cookie %j and wishes %j make %s', (cookies, wishes, language) => {
    expect(chooseLanguage(cookies, wishes)).toBe(language);
  });
});
