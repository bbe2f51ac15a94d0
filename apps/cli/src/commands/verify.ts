import { existsSync, readFileSync } from 'node:fs';
import { verifyReceipt } from '@praya/verifier/receipt';
import type { TrustAnchor } from '@praya/verifier/trust-list';
import { dataPath, readSettings } from '../settings.ts';
import { type Command, textOf } from './command.ts';

const MAX_RECEIPT_BYTES = 4 * 1024 * 1024;

/** Checks a receipt with nothing but the file and the trust anchor. */
export const verify: Command = {
  usage: `praya verify FILE [--anchor FILE] [--json]

Checks a receipt offline: the consent's signatures, the provider's signature, the inclusion proof,
the log's signature. Exit code 0 where every check holds, 1 where one does not.

  --anchor FILE   the trust anchor, by default trust-anchor.json in PRAYA_DATA`,
  options: { anchor: { type: 'string' } },
  async run({ values, positionals, json }) {
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) {
      console.error(this.usage);
      return 2;
    }
    const anchorFile = textOf(values['anchor'], dataPath(readSettings(), 'trust-anchor.json'));
    const result = await verifyReceipt(readJson(file, 'receipt'), {
      anchor: readAnchor(anchorFile),
    });
    if (json) console.log(JSON.stringify({ ...result, anchor: anchorFile }));
    else print(result, anchorFile);
    return result.ok ? 0 : 1;
  },
};

function print(result: Awaited<ReturnType<typeof verifyReceipt>>, anchorFile: string): void {
  for (const check of result.checks)
    console.log(
      `${check.ok ? '✓' : '✗'} ${check.name}${check.ok ? '' : `  ${check.code ?? ''} ${check.detail ?? ''}`}`,
    );
  console.log(`\n${result.ok ? 'Valid' : 'NOT VALID'} under the anchor ${anchorFile}`);
}

function readAnchor(file: string): TrustAnchor {
  const anchor = readJson(file, 'trust anchor');
  if (isTrustAnchor(anchor)) return anchor;
  throw new Error(`The trust anchor ${file} has no key: { kid, jwk } is expected.`);
}

function isTrustAnchor(value: unknown): value is TrustAnchor {
  if (typeof value !== 'object' || value === null || !('kid' in value) || !('jwk' in value)) return false;
  return typeof value.kid === 'string' && typeof value.jwk === 'object' && value.jwk !== null;
}

function readJson(file: string, what: string): unknown {
  if (!existsSync(file)) throw new Error(`There is no ${what} at ${file}.`);
  const text = readFileSync(file);
  if (text.length > MAX_RECEIPT_BYTES) throw new Error(`The ${what} ${file} is larger than 4 MiB.`);
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    throw new Error(`The ${what} ${file} is not JSON.`);
  }
}
