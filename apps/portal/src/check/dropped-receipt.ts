const MOST_BYTES = 8_000_000;
const TYPES = ['praya.notarisation-receipt.v1', 'praya.receipt.v1'];

/** The receipt that a file is; null for every other file, which is then only hashed. */
export async function receiptIn(file: File): Promise<unknown> {
  if (file.size > MOST_BYTES || !(await file.slice(0, 1).text()).startsWith('{')) return null;
  try {
    const value = JSON.parse(await file.text()) as { readonly type?: unknown };
    return TYPES.includes(String(value.type)) ? value : null;
  } catch {
    return null;
  }
}
