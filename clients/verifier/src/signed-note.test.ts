import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBase64 } from './base64.ts';
import type { Checked } from './checked.ts';
import { NOTE_MAX_LENGTH, readCheckpoint, readNote, verifyNote } from './signed-note.ts';
import { createTestLog, type TestLog } from './testing/test-log.ts';

const codeOf = (answer: Checked<unknown>) => (answer.ok ? 'ok' : answer.refusal.code);

describe('a signed note', () => {
  let log: TestLog;
  let note: string;
  beforeAll(async () => {
    log = await createTestLog('praya.example/log');
    note = await log.checkpoint();
  });

  it('verifies by its log’s key and gives back its text', async () => {
    const answer = await verifyNote(note, log.vkey);
    expect(answer).toEqual({ ok: true, value: note.slice(0, note.indexOf('\n\n') + 1) });
  });

  it('passes over signatures of others', async () => {
    const line = `— witness.example ${encodeBase64(new Uint8Array(72))}\n`;
    expect(codeOf(await verifyNote(note + line, log.vkey))).toBe('ok');
  });

  it('by another log of the same name is not signed', async () => {
    const other = await createTestLog('praya.example/log');
    expect(codeOf(await verifyNote(await other.checkpoint(), log.vkey))).toBe('note.signature-missing');
  });

  it('with another text or another signature is refused', async () => {
    expect(codeOf(await verifyNote(note.replace('\n5\n', '\n6\n'), log.vkey))).toBe('note.signature-wrong');
    const again = note.slice(0, -4);
    const changed = `${again.slice(0, -8)}AAAAAAAA${note.slice(-4)}`;
    expect(codeOf(await verifyNote(changed, log.vkey))).toBe('note.signature-wrong');
  });

  it.each([
    '',
    'name',
    'name+00000000+AQ==',
    'praya.example/log+00000000+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    'PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  ])('is not checked by the key %j', async (vkey) => {
    expect(codeOf(await verifyNote(note, vkey))).toBe('note.key-malformed');
  });

  it.each([
    ['nothing', ''],
    ['no text at all', 7],
    ['no signature', 'text\n'],
    ['a signature line without a name', `text\n\n—  ${encodeBase64(new Uint8Array(68))}\n`],
    ['a carriage return', 'text\r\n\n— a AAAAAAA=\n'],
    ['a short signature', 'text\n\n— a AAAAAA==\n'],
    ['a name with a plus', 'text\n\n— a+b AAAAAAA=\n'],
  ])('is not %s', (_, value) => {
    expect(codeOf(readNote(value))).toBe('note.malformed');
  });

  it('is not read when it is too large', () => {
    expect(codeOf(readNote('a'.repeat(NOTE_MAX_LENGTH + 1)))).toBe('note.too-large');
    expect(codeOf(readNote(`text\n\n${'— a AAAAAAA=\n'.repeat(33)}`))).toBe('note.too-large');
  });
});

describe('a checkpoint', () => {
  const root = encodeBase64(new Uint8Array(32));
  it('reads as its three lines, extensions or not', () => {
    const value = { origin: 'a log', size: 12, root: new Uint8Array(32) };
    expect(readCheckpoint(`a log\n12\n${root}\n`)).toEqual({ ok: true, value });
    expect(readCheckpoint(`a log\n12\n${root}\nmore\n`)).toEqual({ ok: true, value });
  });

  it.each([
    '',
    'a\n1\n',
    `\n1\n${root}\n`,
    `a\n01\n${root}\n`,
    `a\n-1\n${root}\n`,
    `a\n9007199254740992\n${root}\n`,
    'a\n1\nAAAA\n',
    `a\n1\n${root}`,
    `a\n1\n${root}\n\n`,
  ])('is not %j', (text) => {
    expect(codeOf(readCheckpoint(text))).toBe('note.checkpoint-malformed');
  });
});
