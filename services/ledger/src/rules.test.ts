import { expect, test } from 'vitest';
import { entriesFault } from './rules.ts';

test.each([
  ['nothing in an entry', [new Uint8Array(0)], 'ledger.entry-size'],
  ['an entry of 65,536 bytes', [new Uint8Array(65_536)], 'ledger.entry-size'],
  ['10,001 entries', Array.from({ length: 10_001 }, () => new Uint8Array(1)), 'ledger.batch-size'],
  ['more than 4 MiB', Array.from({ length: 65 }, () => new Uint8Array(65_535)), 'ledger.batch-size'],
  ['the longest entry', [new Uint8Array(65_535)], null],
  ['10,000 entries', Array.from({ length: 10_000 }, () => new Uint8Array(400)), null],
] as const)('%s: %#', (_name, entries, code) => {
  expect(entriesFault(entries)).toBe(code);
});
