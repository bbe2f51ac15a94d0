import type { Command, Invocation } from './command.ts';
import { CalledWrongly } from './verify/call.ts';
import { checkNotarisation, checkProof, checkReceipt, checkStatement } from './verify/documents.ts';
import { readBytes } from './verify/read-files.ts';
import { tell, type Verdict } from './verify/verdict.ts';

/** Checks what was handed over with nothing but files: a receipt, a notarisation, a proof, a statement. */
export const verify: Command = {
  usage: `praya verify FILE [--json]

Checks a file offline and names each proof in it. Exit code 0 where every check holds, 1 where one does not,
2 where the command was called wrongly. What FILE is, it says itself:

  a receipt of an act           praya verify receipt.json
  a receipt of a notarisation   praya verify notarisation.json [--file DOCUMENT]
  a proof (.tlog-proof)         praya verify FILE (--entry FILE | --leaf HASH) (--trust FILE | --log-vkey KEY)
  a transparent statement       praya verify statement.cose (--trust FILE | --log-vkey KEY --key FILE)

  --anchor FILE     the trust anchor, by default trust-anchor.json in PRAYA_DATA
  --file DOCUMENT   the notarised file or folder: its digest must be the one on the log
  --entry FILE      the entry that the proof is of
  --leaf HASH       or its leaf hash, in hexadecimal or base64
  --trust FILE      a trust list (JWS), as /directory/v1/trust-list gives it; checked by the anchor
  --log-vkey KEY    or the verifier key of the log
  --policy FILE     with it: who must have cosigned (C2SP tlog-policy); may also name the logs
  --key FILE        with it: the public key (JWK) of the statement's issuer

A notarisation that is valid may be revoked: read its history.`,
  options: {
    anchor: { type: 'string' },
    file: { type: 'string' },
    entry: { type: 'string' },
    leaf: { type: 'string' },
    trust: { type: 'string' },
    'log-vkey': { type: 'string' },
    policy: { type: 'string' },
    key: { type: 'string' },
  },
  async run(invocation) {
    const [file] = invocation.positionals;
    if (file === undefined || invocation.positionals.length > 1) {
      console.error(this.usage);
      return 2;
    }
    try {
      return tell(await check(readBytes(file, 'receipt'), invocation), invocation);
    } catch (error) {
      if (!(error instanceof CalledWrongly)) throw error;
      console.error(`${error.message}\n\n${this.usage}`);
      return 2;
    }
  },
};

/** The tag of COSE_Sign1 before an array of four. */
const STATEMENT = [0xd2, 0x84];
const PROOF = 'c2sp.org/tlog-proof@';

async function check(bytes: Uint8Array, invocation: Invocation): Promise<Verdict> {
  if (STATEMENT.every((byte, at) => bytes[at] === byte)) {
    refuseOptions(invocation, ['file', 'entry', 'leaf']);
    return checkStatement(bytes, invocation);
  }
  const text = Buffer.from(bytes).toString('utf8');
  if (text.startsWith(PROOF)) {
    refuseOptions(invocation, ['file', 'key']);
    return checkProof(text, invocation);
  }
  refuseOptions(invocation, ['entry', 'leaf', 'trust', 'log-vkey', 'policy', 'key']);
  const json = jsonOf(text, invocation.positionals[0] ?? '');
  if (isNotarisation(json)) return checkNotarisation(json, invocation);
  refuseOptions(invocation, ['file']);
  return checkReceipt(json, invocation);
}

/** An option that would not be heard must not look as if it had been. */
function refuseOptions({ values }: Invocation, options: readonly string[]): void {
  const given = options.find((option) => values[option] !== undefined);
  if (given !== undefined) throw new CalledWrongly(`--${given} says nothing about a file of this kind.`);
}

function isNotarisation(value: unknown): boolean {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  return typeof type === 'string' && type.startsWith('praya.notarisation-receipt.');
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The receipt ${file} is not JSON.`);
  }
}
