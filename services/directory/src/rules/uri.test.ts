import { describe, expect, test } from 'vitest';
import { uriFault } from './uri.ts';

describe('an address', () => {
  test.each([
    ['https://bank.example/callback', undefined, undefined],
    ['https://bank.example', undefined, undefined],
    ['https://bank.example/callback?from=praya', undefined, undefined],
    ['http://localhost:8090/callback', undefined, 'scheme'],
    ['http://127.0.0.1:8090/callback', undefined, 'scheme'],
    ['http://[::1]:8090/callback', undefined, 'scheme'],
    ['http://bank.example/callback', 'scheme', 'scheme'],
    ['http://localhost.bank.example/', 'scheme', 'scheme'],
    ['javascript:alert(1)', 'scheme', 'scheme'],
    ['bank:callback', 'scheme', 'scheme'],
    ['https://bank.example/callback#part', 'fragment', 'fragment'],
    ['https://bank.example/callback#', 'fragment', 'fragment'],
    ['https://praya@bank.example/callback', 'user-info', 'user-info'],
    ['https://praya:secret@bank.example/callback', 'user-info', 'user-info'],
    ['https://@bank.example/callback', 'normal', 'normal'],
    ['https://bank.example/*', 'wildcard', 'wildcard'],
    ['https://*.bank.example/callback', 'wildcard', 'wildcard'],
    ['https://BANK.example/callback', 'normal', 'normal'],
    ['https://bank.example:443/callback', 'normal', 'normal'],
    ['https://bank.example/a/../callback', 'normal', 'normal'],
    ['https://bank.example\\@evil.example/', 'normal', 'normal'],
    ['https://bank.example/call back', 'normal', 'normal'],
    [' https://bank.example/', 'normal', 'normal'],
    ['//bank.example/', 'normal', 'normal'],
    ['/callback', 'normal', 'normal'],
    ['', 'normal', 'normal'],
  ])('%s', (text, demonstration, production) => {
    expect(uriFault(text, { production: false })).toBe(demonstration);
    expect(uriFault(text, { production: true })).toBe(production);
  });
});
