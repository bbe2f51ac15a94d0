import { readFile } from 'node:fs/promises';
import { parseVerifierKey } from '@praya/tlog/note';
import { isAddress } from './config.ts';
import { sha256 } from './keys.ts';
import type { ListedLog } from './state/state.ts';

/** A list as it was read. `unread` are the lines that name no log that we could follow. */
export type LogList = { readonly logs: readonly ListedLog[]; readonly unread: readonly string[] };

const LIST_MAX_BYTES = 1024 * 1024;
const PATIENCE_MS = 10_000;
const LOGS_MAX = 10_000;
/** What a cosignature by ML-DSA-44 has room for. */
const ORIGIN_MAX_BYTES = 255;

/**
 * Reads the list of logs from its file or its address.
 *
 * Errors  throws where there is none, it is too large, or no line of it names a log
 */
export async function readLogList(where: string, ask: typeof fetch): Promise<LogList> {
  const text = isAddress(where) ? await fetchText(where, ask) : await readFile(where, 'utf8');
  if (text.length > LIST_MAX_BYTES) throw new Error(`The list of logs at ${where} is too large`);
  const list = parseLogList(text);
  // A page of an error, or a file cut short, must not make us forget every log.
  if (list.logs.length === 0) throw new Error(`The list of logs at ${where} names no log`);
  if (list.logs.length > LOGS_MAX) throw new Error(`The list of logs at ${where} is too long`);
  return list;
}

/**
 * The logs that a list names, by the name in their keys.
 *
 * Shape   a verifier key on each line, or `log <vkey> [<url>]` as in a tlog-policy, or `vkey <vkey>` as in a
 *         witness network's list, whose other lines are passed over; `#` begins a remark
 */
export function parseLogList(text: string): LogList {
  const logs: ListedLog[] = [];
  const unread: string[] = [];
  for (const line of text.split('\n')) {
    const words = line.trim().split(/[ \t]+/);
    const [first = ''] = words;
    if (first === '' || first.startsWith('#') || PASSED_OVER.has(first)) continue;
    const vkey = first === 'log' || first === 'vkey' ? (words[1] ?? '') : first;
    const key = parseVerifierKey(sha256, vkey);
    if (key.ok && Buffer.byteLength(key.value.name) <= ORIGIN_MAX_BYTES)
      logs.push({ origin: key.value.name, vkey });
    else unread.push(line.trim().slice(0, 200));
  }
  return { logs, unread };
}

const PASSED_OVER: ReadonlySet<string> = new Set(['logs/v0', 'qpd', 'contact', 'witness', 'group', 'quorum']);

async function fetchText(where: string, ask: typeof fetch): Promise<string> {
  const response = await ask(where, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'error' });
  if (!response.ok || response.body === null) throw new Error(`${where} answers ${response.status}`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > LIST_MAX_BYTES) throw new Error(`The list of logs at ${where} is too large`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
