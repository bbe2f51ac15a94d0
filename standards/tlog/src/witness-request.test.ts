import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint } from './checkpoint.ts';
import { formatNote } from './note.ts';
import {
  formatAddCheckpoint,
  formatCosignatures,
  formatTreeSize,
  parseAddCheckpoint,
  parseCosignatures,
  parseTreeSize,
  REQUEST_MAX_LENGTH,
} from './witness-request.ts';

const codeOf = (answer: { ok: boolean; refusal?: { code: string } }) => answer.refusal?.code ?? 'ok';

// the request and the answer of the specification
const request = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`;
const answer = `— witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==
— witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==
— witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==
`;

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const root = new Uint8Array(32).fill(9);
const line = { name: 'log', keyId: 7, signature: new Uint8Array(64) };
const checkpoint = formatNote({
  text: formatCheckpoint({ origin: 'log', size: 12, root, extensions: [] }),
  signatures: [line],
});
const lineOf64 = Buffer.alloc(32).toString('base64');

describe('a request to a witness', () => {
  it('is that of the specification, byte for byte, both ways', () => {
    const read = parseAddCheckpoint(request);
    expect(read.ok && [read.value.old, read.value.proof.length]).toEqual([20_852_014, 4]);
    expect(read.ok && formatAddCheckpoint(read.value)).toBe(request);
  });

  it('reads back as it was written', () => {
    const any = fc.record({ old: fc.maxSafeNat(), proof: fc.array(hash, { maxLength: 63 }) });
    fc.assert(
      fc.property(any, ({ old, proof }) => {
        const value = { old, proof, checkpoint };
        expect(parseAddCheckpoint(formatAddCheckpoint(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['a checkpoint alone', checkpoint],
    ['no empty line', `old 0\n${checkpoint.slice(0, 10)}`],
    ['a size with a leading zero', `old 00\n\n${checkpoint}`],
    ['a size with a plus', `old +1\n\n${checkpoint}`],
    ['a negative size', `old -1\n\n${checkpoint}`],
    ['a size past 2^53', `old 9007199254740992\n\n${checkpoint}`],
    ['two spaces', `old  1\n\n${checkpoint}`],
    ['a capital', `Old 1\n\n${checkpoint}`],
    ['a carriage return', `old 1\r\n\r\n${checkpoint}`],
    ['no size', `old \n\n${checkpoint}`],
    ['a hash of 31 bytes', `old 1\n${Buffer.alloc(31).toString('base64')}\n\n${checkpoint}`],
    ['a hash without padding', `old 1\n${lineOf64.slice(0, -1)}\n\n${checkpoint}`],
    ['64 hashes', `old 1\n${`${lineOf64}\n`.repeat(64)}\n${checkpoint}`],
  ])('is malformed with %s', (_, body) => {
    expect(codeOf(parseAddCheckpoint(body))).toBe('tlog.request-malformed');
  });

  it('is malformed when it is longer than any can be', () => {
    const body = `old 1\n\n${'a'.repeat(REQUEST_MAX_LENGTH)}${checkpoint}`;
    expect(codeOf(parseAddCheckpoint(body))).toBe('tlog.request-malformed');
  });

  it('carries a signed note and nothing else', () => {
    expect(codeOf(parseAddCheckpoint(`old 1\n\n`))).toBe('tlog.note-malformed');
    expect(codeOf(parseAddCheckpoint(`old 1\n\nlog\n12\n${lineOf64}\n`))).toBe('tlog.note-malformed');
    expect(codeOf(parseAddCheckpoint(`old 1\n\n${checkpoint}more`))).toBe('tlog.note-malformed');
    expect(codeOf(parseAddCheckpoint(`old 1\n\n${'a'.repeat(100_001)}`))).toBe('tlog.note-too-large');
  });

  it('cannot be written with what its reader would refuse', () => {
    expect(() => formatAddCheckpoint({ old: -1, proof: [], checkpoint })).toThrow(RangeError);
    expect(() => formatAddCheckpoint({ old: 1, proof: [new Uint8Array(31)], checkpoint })).toThrow(
      RangeError,
    );
    expect(() => formatAddCheckpoint({ old: 1, proof: [], checkpoint: 'text' })).toThrow(RangeError);
  });
});

describe('a witness’s answer', () => {
  it('is that of the specification, byte for byte, both ways', () => {
    const read = parseCosignatures(answer);
    expect(read.ok && read.value.map(({ name }) => name)).toEqual([
      'witness.example/w1',
      'witness.example/w1',
      'witness.example/w2',
    ]);
    expect(read.ok && formatCosignatures(read.value)).toBe(answer);
  });

  it.each([
    ['nothing', ''],
    ['an empty line', '\n'],
    ['no last newline', answer.slice(0, -1)],
    ['a line of something else', `${answer}OK\n`],
    ['an empty line in between', `\n${answer}`],
    ['a page', '<html></html>\n'],
  ])('is malformed with %s', (_, body) => {
    expect(codeOf(parseCosignatures(body))).toBe('tlog.note-malformed');
  });

  it('is too large with 33 lines or 100,001 characters', () => {
    const [first] = answer.split('\n');
    expect(parseCosignatures(`${first}\n`.repeat(32)).ok).toBe(true);
    expect(codeOf(parseCosignatures(`${first}\n`.repeat(33)))).toBe('tlog.note-too-large');
    expect(codeOf(parseCosignatures('a'.repeat(100_001)))).toBe('tlog.note-too-large');
  });

  it('cannot be written without a line', () => {
    expect(() => formatCosignatures([])).toThrow(RangeError);
    expect(() => formatCosignatures([{ ...line, name: 'a b' }])).toThrow(RangeError);
  });

  it('of another size is a number and a newline', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (size) => {
        expect(parseTreeSize(formatTreeSize(size))).toEqual({ ok: true, value: size });
      }),
    );
    for (const body of [
      '',
      '\n',
      '1',
      '01\n',
      '1\n\n',
      ' 1\n',
      '1e3\n',
      '0x1\n',
      '-1\n',
      '9007199254740992\n',
    ]) {
      expect(codeOf(parseTreeSize(body))).toBe('tlog.size-invalid');
    }
    expect(() => formatTreeSize(-1)).toThrow(RangeError);
  });
});
