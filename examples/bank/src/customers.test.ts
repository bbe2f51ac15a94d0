import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCustomers, writeWhole } from './customers.ts';
import { ACCESS, DATA } from './testing/open-bank.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'praya-customers-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

let now = new Date('2026-03-02T09:00:00.000Z');
const open = () => openCustomers({ directory, now: () => now });
const opening = (subject: string, consentId = `con_${subject}`) => ({
  id: `cus_${subject}`,
  subject,
  access: ACCESS,
  consent: { id: consentId, expiresAt: '2026-06-01T00:00:00.000Z', services: [] },
});
const given = (consentId: string) => {
  const { receipt: _receipt, ...data } = DATA;
  return { consentId, access: ACCESS, data: { 'persons.particulars': data } };
};
const event = (name: 'active' | 'paused' | 'resumed' | 'revoked' | 'expired', at: string) => ({
  event: name,
  consentId: 'con_a',
  at: `2026-03-02T${at}:00.000Z`,
  jti: `dlv_${name}_${at}`,
});

describe('the customers’ file', () => {
  test('is read back as it was, by nobody but its owner', async () => {
    const customers = open();
    await customers.open(opening('a'));
    await customers.keep('a', given('con_a'));
    expect(open().bySubject('a')).toEqual(customers.bySubject('a'));
    expect(statSync(join(directory, 'customers.json')).mode & 0o777).toBe(0o600);
  });

  test('keeps every one of many changes at once', async () => {
    const customers = open();
    const names = Array.from({ length: 20 }, (_, at) => `s${at}`);
    await Promise.all(names.map((name) => customers.open(opening(name))));
    expect(names.filter((name) => open().bySubject(name) === undefined)).toEqual([]);
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('is the old one whole when a write fails, and the change is not seen', async () => {
    const file = join(directory, 'whole.json');
    await writeWhole(file, 'old');
    await expect(writeWhole(join(directory, 'gone', 'whole.json'), 'new')).rejects.toThrow('ENOENT');
    expect(readFileSync(file, 'utf8')).toBe('old');
    const customers = open();
    rmSync(directory, { recursive: true });
    await expect(customers.open(opening('a'))).rejects.toThrow('ENOENT');
    expect(customers.bySubject('a')).toBeUndefined();
  });

  test('that is broken stops the bank rather than being overwritten', () => {
    writeFileSync(join(directory, 'customers.json'), '{"version":1,');
    expect(open).toThrow(SyntaxError);
  });
});

describe('a customer’s data', () => {
  test('is deleted when she revokes, and does not come back with a late answer', async () => {
    const customers = open();
    await customers.open(opening('a'));
    await customers.keep('a', given('con_a'));
    await customers.record(event('revoked', '10:00'));
    expect(customers.bySubject('a')).toMatchObject({ particulars: {}, dataDeletedAt: now.toISOString() });
    await customers.keep('a', given('con_a'));
    expect(customers.bySubject('a')).toMatchObject({ particulars: {} });
    expect(readFileSync(join(directory, 'customers.json'), 'utf8')).not.toContain('CHAN');
  });

  test('is not kept when the revocation came before the consent did', async () => {
    const customers = open();
    await customers.record(event('revoked', '08:00'));
    await customers.open(opening('a'));
    await customers.keep('a', given('con_a'));
    expect(customers.bySubject('a')).toMatchObject({ particulars: {}, dataDeletedAt: expect.any(String) });
  });

  test('under a newer consent outlives the older one', async () => {
    const customers = open();
    await customers.open(opening('a'));
    await customers.open(opening('a', 'con_b'));
    await customers.keep('a', given('con_b'));
    await customers.record(event('revoked', '10:00'));
    expect(customers.bySubject('a')).toMatchObject({ consent: { id: 'con_b' }, dataDeletedAt: null });
  });

  test('is deleted after as many days as were agreed', async () => {
    const customers = open();
    await customers.open(opening('a'));
    await customers.keep('a', given('con_a'));
    now = new Date('2026-08-28T09:00:00.000Z');
    await customers.forgetOld(180);
    expect(customers.bySubject('a')?.dataDeletedAt).toBeNull();
    now = new Date('2026-08-29T09:00:00.000Z');
    await customers.forgetOld(180);
    expect(customers.bySubject('a')).toMatchObject({ particulars: {}, dataDeletedAt: now.toISOString() });
    now = new Date('2026-03-02T09:00:00.000Z');
  });
});

describe('the state of a consent', () => {
  test.each([
    [['paused 10:00', 'resumed 11:00'], 'active'],
    [['resumed 11:00', 'paused 10:00'], 'active'],
    [['revoked 10:00', 'resumed 11:00'], 'revoked'],
    [['expired 11:00', 'revoked 10:00'], 'revoked'],
    [['expired 10:00', 'resumed 11:00'], 'expired'],
  ])('after %j is %s', async (story, state) => {
    const customers = open();
    for (const step of story) {
      const [name = 'active', at = ''] = step.split(' ');
      await customers.record(event(name as 'active', at));
    }
    expect(customers.stateOf('con_a')?.state).toBe(state);
    expect(customers.hasSeen(`dlv_${story[0]?.replace(' ', '_')}`)).toBe(true);
  });
});

describe('a receipt', () => {
  test('is kept by its act, and no path leads elsewhere', async () => {
    const customers = open();
    await customers.keepReceipt('act_1', { type: 'praya.receipt.v1' });
    expect(JSON.parse((await customers.receipt('act_1')) ?? '')).toEqual({ type: 'praya.receipt.v1' });
    expect(await customers.receipt('../customers')).toBeNull();
    await expect(customers.keepReceipt('../x', {})).rejects.toThrow('no act');
  });
});
