import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createBrowser } from '@praya/city/play/browser';
import { importDemonstrationPasskey } from '@praya/city/play/demonstration';
import { changeRecord, notariseFile, witnessedReceipt } from '@praya/city/play/notary';
import { openPortal, seatResident } from '@praya/city/play/resident';
import type { BulkView, PublicCheck } from '@praya/notary/contract';
import type { NotaryRecord, RecordPage } from '@praya/notary/records/contract';
import { verifyNotarisation } from '@praya/verifier/notarisation';
import { notarisedStateAt } from '@praya/verifier/notarisation-history';
import { verifyTlogProof } from '@praya/verifier/tlog-proof';
import { verifyTransparentStatement } from '@praya/verifier/transparent-statement';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asClient, asProgram, openAccount, openProgram, type Program } from './support/callers.ts';
import { type ComposedCity, composeCity } from './support/composed-city.ts';

type Officer = Awaited<ReturnType<typeof officerOf>>;

let city: ComposedCity;
let companies: Officer;
let rates: Officer;
let program: Program;

beforeAll(async () => {
  city = await composeCity();
  companies = await officerOf('notary');
  rates = await officerOf('notary officer, rates');
  program = await openProgram(city);
}, 120_000);
afterAll(() => city[Symbol.asyncDispose]());

async function officerOf(who: 'notary' | 'notary officer, rates') {
  const browser = createBrowser(city.origin);
  await openPortal(await seatResident(browser, await importDemonstrationPasskey(browser, who)));
  return browser;
}

async function anchor() {
  const answer = await fetch(`${city.origin}/.well-known/praya-trust-anchor`);
  return (await answer.json()) as Parameters<typeof verifyNotarisation>[1]['anchor'];
}

async function check(code: string): Promise<PublicCheck> {
  const answer = await fetch(`${city.origin}/notary/v1/checks/${code}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as PublicCheck;
}

function call(method: string, path: string, about: { body?: string; type?: string; key?: string } = {}) {
  const headers = new Headers({ accept: 'application/json' });
  if (about.type !== undefined) headers.set('content-type', about.type);
  if (about.key !== undefined) headers.set('idempotency-key', about.key);
  return asProgram(program, { method, url: `${city.origin}${path}`, headers, body: about.body });
}

test('a file is notarised, checked by anybody, verified offline, revoked, and verified again', async () => {
  const document = Buffer.from('A permit to lay a cable under Harbour Road');
  const digest = createHash('sha256').update(document).digest('base64url');
  const record = await notariseFile(companies, { title: 'Permit 17', document });
  expect(record).toMatchObject({ state: 'active', digest, revision: 1 });
  const by = { anchor: await anchor() };
  const receipt = await witnessedReceipt(companies, { id: record.id, ...by });
  expect(await verifyNotarisation(receipt, { ...by, digest })).toMatchObject({ ok: true });
  expect(await check(record.code)).toMatchObject({ state: 'active', title: null, digest });

  await changeRecord(companies, { id: record.id, to: 'revoked', reason: 'Issued in error' });
  const after = await verifyNotarisation(await witnessedReceipt(companies, { id: record.id, ...by }), by);
  expect(after.ok).toBe(true);
  expect(notarisedStateAt(after.record?.history ?? [], new Date())).toBe('revoked');
  const checked = await check(record.code.toLowerCase());
  expect(checked).toMatchObject({ state: 'revoked', history: [{ state: 'active' }, { state: 'revoked' }] });
  expect(await verifyNotarisation(checked.receipt, by)).toMatchObject({ ok: true });
});

test('departments approve one after the other', async () => {
  const { items } = (await (
    await fetch(`${city.origin}/notary/v1/checks?digest=${'A'.repeat(43)}`)
  ).json()) as {
    items: unknown[];
  };
  expect(items).toEqual([]);
  const own = await notariseFile(rates, { title: 'Ours', document: Buffer.from('ours') });
  const record = await companies.call<NotaryRecord>('POST', '/notary/v1/records', {
    kind: 'approval',
    title: 'Lease of the pier',
    steps: [{ organisation: own.organisation }],
  });
  expect(record.state).toBe('pending');
  const inbox = await rates.call<RecordPage>('GET', '/notary/v1/inbox');
  expect(inbox.items.map(({ id }) => id)).toEqual([record.id]);
  const path = `/notary/v1/records/${record.id}/decision`;
  const decided = await rates.call<NotaryRecord>('POST', path, { decision: 'approve' });
  expect(decided).toMatchObject({ state: 'active', steps: [{ decision: 'approve' }] });
});

describe('a program of a department', () => {
  test('notarises under a key of its own, and what it got is proven by what the standards say', async () => {
    const file = {
      kind: 'file',
      title: 'Annual return',
      digest: createHash('sha256').update('x').digest('base64url'),
    };
    const send = () =>
      call('POST', '/notary/v1/records', {
        body: JSON.stringify(file),
        type: 'application/json',
        key: 'return-1',
      });
    const [one, other] = [await send(), await send()];
    expect([one.status, other.status]).toEqual([201, 201]);
    const record = (await one.json()) as NotaryRecord;
    expect(((await other.json()) as NotaryRecord).id).toBe(record.id);
    const receipt = await witnessedReceipt(companies, { id: record.id, anchor: await anchor() });
    const entry = createHash('sha256')
      .update(Buffer.from(receipt.statements[0]?.statement ?? '', 'base64url'))
      .digest();
    const keys = await (await fetch(`${city.origin}/ledger/v1/log-keys`)).text();
    const vkeys = keys.trim().split('\n');
    const logs = vkeys.map((vkey) => ({ origin: vkey.split('+')[0] ?? '', vkey }));
    const proof = await (await call('GET', `/notary/v1/records/${record.id}/proof.txt`)).text();
    expect(
      await verifyTlogProof(proof, { entry: Uint8Array.from(entry), logs, witnessPolicy: '' }),
    ).toMatchObject({
      ok: true,
    });
    const cose = await call('GET', `/notary/v1/records/${record.id}/statement.cose`);
    expect(cose.headers.get('content-type')).toContain('application/cose');
    const bytes = new Uint8Array(await cose.arrayBuffer());
    const by = { anchor: await anchor(), trust: receipt.trust };
    expect(await verifyTransparentStatement(bytes, by)).toMatchObject({
      ok: true,
      statement: { issuer: record.organisation, subject: record.id },
    });
    const pdf = await call('GET', `/notary/v1/records/${record.id}/certificate.pdf?language=zh-Hant`);
    expect(
      Buffer.from(await pdf.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
  });

  test('sends a list as CSV, sees how far it is, and reads what became of each row', async () => {
    const digest = (text: string) => createHash('sha256').update(text).digest('hex');
    const csv = [
      '\uFEFFkind,title,reference,digest,holder,validUntil',
      `file,"Permit, ""first""",P/1,${digest('1')},陳大文,2027-01-01`,
      `file,第二份許可證,P/2,${digest('2')},,`,
      'file,No digest,P/3,,,',
      '',
    ].join('\r\n');
    const taken = await call('POST', '/notary/v1/bulk', {
      body: csv,
      type: 'text/csv; charset=utf-8',
      key: 'list-1',
    });
    expect(taken.status).toBe(202);
    const { id, total } = (await taken.json()) as { id: string; total: number };
    expect(total).toBe(3);
    let view: BulkView;
    do {
      await sleep(200);
      view = (await (await call('GET', `/notary/v1/bulk/${id}`)).json()) as BulkView;
    } while (view.state === 'running');
    expect(view).toMatchObject({
      done: 2,
      failed: [{ row: 3, code: 'notary.record-invalid', field: 'digest', rule: 'required' }],
    });
    const results = await (await call('GET', `/notary/v1/bulk/${id}/results.csv`)).text();
    expect(results).toContain('"Permit, ""first"""');
    expect(results).toContain('第二份許可證');
    const found = (await (await call('GET', '/notary/v1/records?query=P/1')).json()) as RecordPage;
    expect(found.items[0]).toMatchObject({ holder: '陳大文', validUntil: '2026-12-31T16:00:00.000Z' });
  }, 60_000);

  test('does what the how-to says, letter by letter', async () => {
    const page = await readFile('docs/how-to/notarise-from-a-program.md', 'utf8');
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
    const here = code.replace('http://localhost:8080', city.origin).replace('.praya', city.dataDirectory);
    const directory = await mkdtemp(join(tmpdir(), 'praya-how-to-'));
    await symlink(resolve('node_modules'), join(directory, 'node_modules'));
    await writeFile(join(directory, 'notarise.js'), here);
    await writeFile(join(directory, 'package.json'), '{"type":"module"}');
    await writeFile(join(directory, 'permit.pdf'), 'A permit');
    const { stdout } = await promisify(execFile)(process.execPath, ['notarise.js'], { cwd: directory });
    expect(await check(stdout.trim().split('/').at(-1) ?? '')).toMatchObject({ state: 'suspended' });
    const receipt = JSON.parse(await readFile(join(directory, 'permit.receipt.json'), 'utf8'));
    expect((await verifyNotarisation(receipt, { anchor: await anchor() })).record?.history).toHaveLength(2);
    await rm(directory, { recursive: true });
  }, 60_000);

  test('opens nothing else with its token, and a consent’s token does not notarise', async () => {
    for (const path of ['/exchange/v1/requests', '/api/acts', '/api/directory/changes'])
      expect((await call(path.startsWith('/exchange') ? 'POST' : 'GET', path)).status).toBe(403);
    const bank = await openAccount(city, 1);
    const headers = new Headers({ accept: 'application/json' });
    const url = `${city.origin}/notary/v1/records`;
    expect((await asClient(bank, { method: 'GET', url, headers })).status).toBe(403);
  });

  test('has a log of its own once it is opened, to which it may append', async () => {
    const opened = (await (await call('POST', '/notary/v1/log')).json()) as {
      tenant: string;
      origin: string;
    };
    expect(opened.tenant).toBe('companies-register');
    const entries = JSON.stringify({ entries: [Buffer.from('an entry').toString('base64')] });
    const path = `/ledger/v1/logs/${opened.tenant}/entries`;
    const placed = await call('POST', path, { body: entries, type: 'application/json' });
    expect(await placed.json()).toEqual({ origin: opened.origin, indices: [0] });
  });
});
