import { mkdirSync, readFileSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ConsentEvent } from '@praya/relying-party/event';
import {
  type Books,
  type Customer,
  EMPTY_BOOKS,
  forgetOld,
  type Opening,
  withData,
  withEvent,
  withOpening,
  type Yield,
} from './books.ts';

/** The bank's customers, in one file that is whole at every instant. */
export type Customers = {
  readonly directory: string;
  bySubject(subject: string): Customer | undefined;
  stateOf(consentId: string): Books['consents'][string] | undefined;
  hasSeen(jti: string): boolean;
  open(opening: Opening): Promise<Customer>;
  keep(subject: string, given: Yield): Promise<void>;
  record(event: ConsentEvent): Promise<void>;
  forgetOld(retentionDays: number): Promise<void>;
  receipt(act: string): Promise<string | null>;
  keepReceipt(act: string, receipt: object): Promise<void>;
};

const ACT = /^act_[A-Za-z0-9-]{1,60}$/;

/** Opens the file, or begins one. */
export function openCustomers(about: { readonly directory: string; readonly now: () => Date }): Customers {
  const { directory, now } = about;
  mkdirSync(join(directory, 'receipts'), { recursive: true, mode: 0o700 });
  const file = join(directory, 'customers.json');
  let books = readBooks(file);
  let last: Promise<unknown> = Promise.resolve();
  // One change after the other, and none is seen before it is on the disk.
  const change = (next: (books: Books) => Books): Promise<void> => {
    const done = last.then(async () => {
      const changed = next(books);
      await writeWhole(file, JSON.stringify(changed));
      books = changed;
    });
    last = done.catch(() => undefined);
    return done;
  };
  const bySubject = (subject: string) => books.customers.find((customer) => customer.subject === subject);
  return {
    directory,
    bySubject,
    stateOf: (consentId) => books.consents[consentId],
    hasSeen: (jti) => books.events.includes(jti),
    async open(opening) {
      await change((current) => withOpening(current, opening, now()));
      const customer = bySubject(opening.subject);
      if (customer === undefined) throw new Error('The customer who was just opened is not there');
      return customer;
    },
    keep: (subject, given) => change((current) => withData(current, { subject, given }, now())),
    record: (event) => change((current) => withEvent(current, event, now())),
    forgetOld: (retentionDays) => change((current) => forgetOld(current, retentionDays, now())),
    receipt: async (act) =>
      ACT.test(act) ? readFile(join(directory, 'receipts', `${act}.json`), 'utf8').catch(() => null) : null,
    async keepReceipt(act, receipt) {
      if (!ACT.test(act)) throw new TypeError('That is no act');
      await writeWhole(join(directory, 'receipts', `${act}.json`), JSON.stringify(receipt, null, 2));
    },
  };
}

/** Writes beside, flushes, then takes the place: a reader, or a crash, sees the old file or the new one. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(beside, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  const folder = await open(dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
}

function readBooks(file: string): Books {
  try {
    const books: Books = JSON.parse(readFileSync(file, 'utf8'));
    return books.version === 1 ? books : EMPTY_BOOKS;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return EMPTY_BOOKS;
    throw error;
  }
}
