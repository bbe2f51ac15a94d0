import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownPath } from './sessions.ts';

const HOME = 'https://city.example';

describe('the path to come back to', () => {
  test.each([
    '/',
    '/data',
    '/data/con_0199a1b2-7c3d-7000-8000-000000000000',
    '/catalogue?search=rates&page=2',
    '/catalogue?search=%E8%B2%A0',
  ])('%s is our own and is kept', (path) => {
    expect(ownPath(path)).toBe(path);
  });

  test.each([
    ['another origin', 'https://evil.example/'],
    ['another origin without a scheme', '//evil.example'],
    ['three slashes', '///evil.example'],
    ['a backslash that browsers read as a slash', '/\\evil.example'],
    ['two backslashes', '\\\\evil.example'],
    ['a tab that browsers drop', '/\t/evil.example'],
    ['a line feed that browsers drop', '/\n/evil.example'],
    ['a line feed at the end', '/data\n'],
    ['a carriage return and a header', '/data\r\nset-cookie: a=b'],
    ['user info', '/@evil.example'],
    ['a script', 'javascript:alert(1)'],
    ['a script after a slash', '/javascript:alert(1)'],
    ['data', 'data:text/html,hello'],
    ['a relative path', 'data'],
    ['a fragment', '/data#there'],
    ['nothing', ''],
    ['a space before', ' /data'],
    ['a null byte', '/\0/evil.example'],
    ['more than 500 characters', `/${'a'.repeat(500)}`],
  ])('with %s leads home', (_name, path) => {
    expect(ownPath(path)).toBe('/');
  });

  test('whatever is asked for, a browser stays at our origin', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '@',
      ':',
      '%2f',
      '%5c',
      '?',
      '#',
      '\t',
      'evil.example',
    );
    const path = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join('')),
    );
    const leaving = fc.check(
      fc.property(path, (asked) => {
        const { origin, username } = new URL(ownPath(asked), HOME);
        if (origin !== HOME || username !== '') throw new Error(`${asked} leads to ${origin}`);
      }),
      { numRuns: 300 },
    );
    expect(leaving.counterexample).toBeNull();
  });
});
