import { existsSync, readFileSync } from 'node:fs';
import { verifyReceipt } from '@praya/verifier/receipt';
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
      anchor: readJson(anchorFile, 'trust anchor'),
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

// biome-ignore lint/suspicious/noExplicitAny: JSON of a stranger; the verifier takes anything and throws at nothing
function readJson(file: string, what: string): any {
  if (!existsSync(file)) throw new Error(`There is no ${what} at ${file}.`);
  const text = readFileSync(file);
  if (text.length > MAX_RECEIPT_BYTES) throw new Error(`The ${what} ${file} is larger than 4 MiB.`);
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    throw new Error(`The ${what} ${file} is not JSON.`);
  }
}
