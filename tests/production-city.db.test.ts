import { statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createBrowser } from '@praya/city/play/browser';
import { enrol, openInteraction, type PlayedResident, seatResident } from '@praya/city/play/resident';
import { createSoftwarePasskey } from '@praya/city/software-passkey';
import { openDatabase } from '@praya/kernel/database';
import { verifyJws } from '@praya/kernel/jws';
import { type FreshDatabase, freshDatabase, testMasterKey } from '@praya/kernel/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../apps/platform/src/config.ts';
import { migratePlatform } from '../apps/platform/src/migrations.ts';
import { type ProductionSite, prepareSite, type Running, readJson } from './support/production-city.ts';

// biome-ignore lint/suspicious/noExplicitAny: what commands print, as JSON
type Loose = any;

const ROOT = resolve(import.meta.dirname, '..');
const CONNECTOR = join(ROOT, 'apps', 'connector', 'src');
const CHAN = 'QZ000001(1)';
const LEE = 'QZ000002(2)';

let site: ProductionSite;
let register: FreshDatabase;
let city: Running;
let founded: { organisations: Record<string, string>; anchor: Loose; trustAnchorFile: string };
let connectorConfig: string;
const people: Record<string, { id: string; seated: PlayedResident }> = {};

beforeAll(async () => {
  register = await freshDatabase([
    { name: 'connector', schema: 'praya_connector', directory: join(CONNECTOR, 'messages') },
    { name: 'connector_source', directory: join(CONNECTOR, 'testing', 'source') },
  ]);
  site = await prepareSite();
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  await register?.[Symbol.asyncDispose]();
});

const call = (path: string) => fetch(`${site.origin}${path}`, { headers: { accept: 'application/json' } });

/** The example of deploy/, with the keys that `praya keys new` makes and the addresses of this site. */
async function foundingDocument(): Promise<string> {
  const document = readJson(ROOT, 'deploy', 'founding.example.json');
  for (const { slug, keys } of document.organisations)
    for (const [place, { use }] of keys.entries()) {
      const file = join(site.directory, `${slug}-${use}.json`);
      const made = await site.praya([
        'keys',
        'new',
        '--use',
        use,
        '--kid',
        `${slug}-${use}-1`,
        '--file',
        file,
      ]);
      keys[place] = JSON.parse(made.out);
    }
  document.organisations[0].connector.url = site.registerOrigin;
  const file = join(site.directory, 'founding.json');
  writeFileSync(file, JSON.stringify(document));
  return file;
}

async function writeConnectorFiles(): Promise<string> {
  const { organisations, anchor } = founded;
  const secret = async (kid: string) => {
    const file = join(site.directory, `${kid}.json`);
    await site.praya(['keys', 'new', '--use', 'secret', '--kid', kid, '--file', file]);
    return readJson(file);
  };
  const keys = {
    signing: [readJson(site.directory, 'persons-register-sig.json')],
    encryption: [readJson(site.directory, 'persons-register-enc.json')],
    handles: [await secret('handles-1')],
    codes: await secret('codes-1'),
  };
  const { kty, crv, x } = anchor.jwk;
  const title = { en: 'Name', 'zh-Hant': '姓名', 'zh-Hans': '姓名' };
  const table = 'connector_source.residents';
  const config = {
    organisation: organisations['persons-register'],
    registerOfPersons: organisations['persons-register'],
    port: site.registerPort,
    databaseUrl: register.url('connector'),
    platformUrl: site.origin,
    trustAnchor: { kid: anchor.kid, jwk: { kty, crv, x } },
    services: [
      {
        id: 'persons.particulars',
        title,
        description: title,
        source: { table, subjectColumn: 'identity_number' },
        fields: [{ name: 'nameEn', column: 'name_en', title, schema: { type: 'string' } }],
      },
    ],
    registrar: {
      table,
      identityNumber: 'identity_number',
      nameEn: 'name_en',
      nameZh: 'name_zh',
      dateOfBirth: 'date_of_birth',
    },
  };
  writeFileSync(join(site.directory, 'keys.json'), JSON.stringify(keys));
  const file = join(site.directory, 'connector.json');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

const appoint = (person: string, roles: string) =>
  site.praya([
    'appoint',
    ...['--person', person, '--organisation', 'digital-office', '--roles', roles],
    ...['--reason', 'Founding meeting, minute 4', '--json'],
  ]);

test('a production start needs an https origin', async () => {
  for (const PRAYA_ORIGIN of ['', 'http://id.example.gov']) {
    const { code, err } = await site.praya(['start', '--json'], { PRAYA_ORIGIN });
    expect([code, err]).toEqual([1, expect.stringContaining('PRAYA_ORIGIN')]);
  }
});

test('a production start brings up the platform alone and says that it is not founded', async () => {
  city = await site.run(join(ROOT, 'apps', 'cli', 'src', 'main.ts'), ['start', '--json'], '"ready":true');
  expect(city.said()).toContain('not founded yet');
  expect(city.said()).toContain(`"portal":"${site.origin}","bank":null`);
  expect((await call('/health/ready')).status).toBe(200);
  const { processes } = readJson(site.directory, 'data', 'run', 'city.json');
  expect(processes.map(({ name }: Loose) => name)).toEqual(['platform']);
}, 90_000);

test('a production city knows no demonstration', async () => {
  expect((await call('/api/demonstration/residents')).status).toBe(404);
  expect(await (await call('/session')).json()).toEqual({ person: null, demonstration: false });
});

test('the example is not founded as it is', async () => {
  const { code, err } = await site.praya(['found', join(ROOT, 'deploy', 'founding.example.json')]);
  expect([code, err]).toEqual([1, expect.stringContaining('is the key of the example')]);
});

test('a document that the directory refuses leaves it empty', async () => {
  const file = join(site.directory, 'wrong.json');
  const document = readJson(await foundingDocument());
  document.organisations[1].clients[0].redirectUris = ['http://localhost:8090/callback'];
  writeFileSync(file, JSON.stringify(document));
  const { code, err } = await site.praya(['found', file]);
  const said = 'example-bank, client.register: directory.redirect-uri redirectUris/0 scheme';
  expect([code, err]).toEqual([1, expect.stringContaining(said)]);
});

test('a city is founded once', async () => {
  const file = join(site.directory, 'founding.json');
  const first = await site.praya(['found', file, '--json']);
  expect(first.code, first.err).toBe(0);
  founded = JSON.parse(first.out);
  expect(Object.keys(founded.organisations)).toEqual(['digital-office', 'persons-register', 'example-bank']);
  const second = await site.praya(['found', file]);
  expect([second.code, second.err]).toEqual([1, expect.stringContaining('founded already')]);
});

test('the trust list of the running city verifies under the anchor that was printed', async () => {
  expect(readJson(founded.trustAnchorFile)).toEqual(founded.anchor);
  const jws = await (await call('/directory/v1/trust-list')).text();
  const list: Loose = await verifyJws(jws, { typ: 'praya-trust-list+jws', jwk: founded.anchor.jwk });
  expect(list.issuer).toBe(site.origin);
  expect(list.organisations.map(({ id }: Loose) => id).sort()).toEqual(
    Object.values(founded.organisations).sort(),
  );
});

test('the register of persons joins, and its operator issues a code that enrols over https', async () => {
  connectorConfig = await writeConnectorFiles();
  await site.run(join(CONNECTOR, 'main.ts'), [connectorConfig], 'services declared');
  for (const [number, typed] of [
    [CHAN, 'argument'],
    [LEE, 'input'],
  ] as const) {
    const script = join(CONNECTOR, 'operate', 'issue-code.ts');
    const byArgument = typed === 'argument';
    const args = byArgument ? [connectorConfig, number] : [connectorConfig];
    const issued = await site.node(script, args, byArgument ? '' : `${number}\n`);
    expect([issued.code, issued.out.trim()]).toEqual([0, expect.stringMatching(/^[0-9A-Z-]{14}$/)]);
    const browser = createBrowser(site.origin);
    const passkey = await createSoftwarePasskey({ rpId: 'localhost', origin: site.origin });
    const seated = await seatResident(browser, passkey);
    const uid = await openInteraction(browser, `${site.origin}/session/sign-in?returnTo=/devices`);
    const { redirectTo = '' } = await enrol(seated, { uid, code: issued.out.trim(), name: 'Phone' });
    await browser.visit(redirectTo);
    const { person } = await browser.call<{ person: { id: string } }>('GET', '/session');
    people[number] = { id: person.id, seated };
  }
}, 60_000);

test('the first officers are appointed until there are maker and checker, and no further', async () => {
  const [chan, lee] = [people[CHAN], people[LEE]];
  const nobody = await appoint('per_0198c0de-7e57-7000-8000-000000000009', 'directory.maker');
  expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('Nobody has enrolled')]);
  const unknown = await appoint(chan?.id ?? '', 'directory.ruler');
  expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('--roles takes some of')]);
  const maker = await appoint(chan?.id ?? '', 'administrator,directory.maker');
  expect(maker.code, maker.err).toBe(0);
  expect((await appoint(lee?.id ?? '', 'directory.checker')).code).toBe(0);
  const third = await appoint(lee?.id ?? '', 'directory.maker,directory.checker');
  expect([third.code, third.err]).toEqual([1, expect.stringContaining('directory.officers-appointed')]);
  const session = await chan?.seated.browser.call<Loose>('GET', '/session');
  expect(session.person.offices).toMatchObject([
    {
      organisationId: founded.organisations['digital-office'],
      roles: ['administrator', 'directory.maker'],
    },
  ]);
});

test('from then on one proposes and the other approves', async () => {
  const [chan, lee] = [people[CHAN]?.seated.browser, people[LEE]?.seated.browser];
  const organisationId = founded.organisations['persons-register'];
  const payload = { personId: people[LEE]?.id, roles: ['counter.registrar'] };
  const change = { kind: 'officer.appoint', organisationId, payload };
  const proposed = await chan?.call<Loose>('POST', '/api/directory/changes', change);
  await lee?.call('POST', `/api/directory/changes/${proposed.id}/decision`, {
    approve: true,
    reason: 'Hired',
  });
  const session = await lee?.call<Loose>('GET', '/session');
  expect(session.person.offices).toContainEqual(
    expect.objectContaining({ organisationId, roles: ['counter.registrar'] }),
  );
});

test('the city and its processes end when told to', async () => {
  const { processes } = readJson(site.directory, 'data', 'run', 'city.json');
  expect(await city.end()).toBe(0);
  for (const { pid } of processes) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(() => statSync(join(site.directory, 'data', 'run', 'city.json'))).toThrow('ENOENT');
});

test('a production platform does not start on the database of a demonstration city', async () => {
  await using database = await freshDatabase([]);
  const db = openDatabase(database.adminUrl, { max: 1 });
  await db.unsafe("comment on schema kernel is 'praya demonstration'");
  await db.end();
  const settings = { PRAYA_ENV: 'production', PRAYA_ORIGIN: site.origin, DATABASE_URL: database.adminUrl };
  await expect(migratePlatform({ config: readConfig(settings), masterKey: testMasterKey })).rejects.toThrow(
    'demonstration city',
  );
});
