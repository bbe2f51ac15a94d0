import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Receipt } from '@praya/exchange/contract';
import type { CheckName } from '@praya/verifier/receipt-checks';
import type { Scene } from './scene.ts';

/** What `praya verify` said of a receipt file. */
export type Verdict = {
  readonly exitCode: number;
  readonly ok: boolean;
  /** the checks that fail, in the order in which they are named */
  readonly failed: readonly CheckName[];
};

type Edit = (receipt: Receipt) => Receipt;

const COMMAND = resolve(import.meta.dirname, '..', '..', '..', 'apps', 'cli', 'src', 'main.ts');

const NO_HASH = Buffer.alloc(32).toString('base64');

/** One change for each piece of a receipt, and the first check that must name it. */
export const EDITS: readonly { readonly piece: string; readonly names: CheckName; readonly edit: Edit }[] = [
  { piece: 'trust list', names: 'trust-list', edit: (r) => ({ ...r, trust: flip(r.trust) }) },
  { piece: 'consent', names: 'consent-signature', edit: (r) => ({ ...r, consent: flip(r.consent) }) },
  { piece: 'states', names: 'state-chain', edit: (r) => ({ ...r, states: [r.consent ?? ''] }) },
  { piece: 'request', names: 'request-signature', edit: (r) => ({ ...r, request: flip(r.request) }) },
  { piece: 'response', names: 'provider-signature', edit: (r) => ({ ...r, response: flip(r.response) }) },
  { piece: 'salt', names: 'inclusion-proof', edit: (r) => ({ ...r, salt: flip(r.salt, 5) }) },
  {
    piece: 'digest of the response',
    names: 'commitment',
    edit: (r) => ({ ...r, act: { ...r.act, response_digest: flip(r.act.response_digest) } }),
  },
  {
    piece: 'instant of the act',
    names: 'inclusion-proof',
    edit: (r) => ({ ...r, act: { ...r.act, at: new Date(Date.parse(r.act.at) + 1).toISOString() } }),
  },
  {
    piece: 'index on the log',
    names: 'inclusion-proof',
    edit: (r) => ({ ...r, log: { ...r.log, index: r.log.index - 1 } }),
  },
  {
    piece: 'inclusion proof',
    names: 'inclusion-proof',
    edit: (r) => ({ ...r, log: { ...r.log, proof: [NO_HASH, ...r.log.proof.slice(1)] } }),
  },
  {
    piece: 'checkpoint signature',
    names: 'log-signature',
    edit: (r) => ({ ...r, log: { ...r.log, checkpoint: otherSignature(r.log.checkpoint) } }),
  },
  {
    piece: 'cosignatures, of which none is left',
    names: 'witnesses',
    edit: (r) => ({ ...r, log: { ...r.log, checkpoint: withoutCosignatures(r.log) } }),
  },
];

/** A receipt with one piece changed. */
export function changeReceipt(receipt: Receipt, edit: Edit): Receipt {
  return edit(structuredClone(receipt));
}

/** Runs `praya verify` on a receipt in a file, under the anchor in another. */
export async function verifyByCommand(scene: Pick<Scene, 'anchor'>, receipt: Receipt): Promise<Verdict> {
  const directory = mkdtempSync(join(tmpdir(), 'praya-receipt-'));
  const [file, anchor] = [join(directory, 'receipt.json'), join(directory, 'anchor.json')];
  writeFileSync(file, JSON.stringify(receipt));
  writeFileSync(anchor, JSON.stringify(scene.anchor));
  try {
    const { exitCode, said } = await run(['verify', file, '--anchor', anchor, '--json']);
    const { ok, checks }: { ok: boolean; checks: { name: CheckName; ok: boolean }[] } = JSON.parse(said);
    return { exitCode, ok, failed: checks.filter((check) => !check.ok).map(({ name }) => name) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function run(words: readonly string[]): Promise<{ exitCode: number; said: string }> {
  return new Promise((settle, fail) => {
    const child = spawn(process.execPath, [COMMAND, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once('error', fail);
    child.once('close', (code) => settle({ exitCode: code ?? -1, said }));
  });
}

/** Another character so many places before the end. */
function flip(text: string | null, places = 20): string {
  const signed = text ?? '';
  const at = signed.length - places - 1;
  return signed.slice(0, at) + (signed[at] === 'A' ? 'B' : 'A') + signed.slice(at + 1);
}

/** The checkpoint with the signature of the log alone. */
function withoutCosignatures({ origin, checkpoint }: Receipt['log']): string {
  const lines = checkpoint.split('\n');
  return lines.filter((line) => !line.startsWith('— ') || line.startsWith(`— ${origin} `)).join('\n');
}

function otherSignature(checkpoint: string): string {
  const lines = checkpoint.split('\n');
  const at = lines.findIndex((line) => line.startsWith('— '));
  const words = (lines[at] ?? '').split(' ');
  const bytes = Buffer.from(words[2] ?? '', 'base64');
  bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
  lines[at] = [...words.slice(0, 2), bytes.toString('base64')].join(' ');
  return lines.join('\n');
}
