import { createSoftwarePasskey, type SoftwarePasskey } from '@praya/city/software-passkey';
import { newId } from '@praya/kernel/id';
import { thumbprint } from '@praya/kernel/jwk';
import { verifyJws } from '@praya/kernel/jws';
import { compactDecrypt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certifyKeys } from './demonstration.ts';
import { openHandle } from './registrar/handle.ts';
import { issueCodeAsOperator } from './registrar/issue.ts';
import { registrarOf } from './registrar/registrar.ts';
import { sealTo } from './sealed.ts';
import { assertionOver, relayOf } from './testing/calls.ts';
import { ORIGIN } from './testing/city.ts';
import { newTestKey } from './testing/keys.ts';
import { createWorld, type World } from './testing/world.ts';

type Body = Record<string, unknown>;
const officer = newTestKey('officer');
let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function call(path: string, body: Body, relay: Body = {}) {
  const signed = await relayOf(world.city, {}, { purpose: path, ...relay });
  return world.post(`/praya/v1/registrar/${path}`, { relay: signed, ...body });
}

async function open(jwe: unknown): Promise<Body> {
  const { plaintext } = await compactDecrypt(String(jwe), officer.privateKey);
  return JSON.parse(new TextDecoder().decode(plaintext));
}

async function lookUp(idNo: string, members: Body = {}) {
  const { kid: _, ...replyTo } = officer.publicJwk;
  const content = { idNo, replyTo, ...members };
  const query = await sealTo(world.city.keys.registerSeal.publicJwk, { typ: 'query', content });
  return call('lookups', { query });
}

async function issueCode(idNo = 'QZ000001(1)'): Promise<string> {
  const { lookup } = (await lookUp(idNo)).body;
  const { code } = (await call('enrolments', { lookup })).body;
  return String((await open(code))['code']);
}

const newPasskey = () => createSoftwarePasskey({ rpId: 'praya.test', origin: ORIGIN });
const redeem = (code: string, passkey: SoftwarePasskey) =>
  call('enrolments/redeem', { code, credential: { publicKey: passkey.publicKey } });

async function enrolled() {
  const passkey = await newPasskey();
  const { handle } = (await redeem(await issueCode(), passkey)).body;
  return { passkey, handle: String(handle) };
}

describe('a lookup', () => {
  test('answers the officer alone, however she types the number', async () => {
    for (const typed of ['QZ000001(1)', 'qz0000011', ' QZ 000001 (1) ']) {
      const { body } = await lookUp(typed);
      expect(JSON.stringify(body)).not.toContain('CHAN');
      expect(await open(body['answer'])).toEqual({
        found: true,
        nameEn: 'CHAN, Siu Ming',
        nameZh: '陳小明',
        dateOfBirth: '1985-04-12',
      });
    }
  });

  test.each([
    ['QZ999999(9)', {}],
    ['QZ000001(1)', { dateOfBirth: '1985-04-13' }],
  ])('of %s with %o finds nobody and leads to no code', async (idNo, members) => {
    const { body } = await lookUp(idNo, members);
    expect((await open(body['answer']))['found']).toBe(false);
    const issued = await call('enrolments', { lookup: body['lookup'] });
    expect(issued.body['code']).toBe('connector.lookup-unknown');
  });

  test('serves for ten minutes', async () => {
    const { lookup } = (await lookUp('QZ000001(1)')).body;
    world.city.clock.advance(10 * 60_000);
    expect((await call('enrolments', { lookup })).body['code']).toBe('connector.lookup-unknown');
  });

  test('that is not sealed to the register is refused', async () => {
    const query = await sealTo(officer.publicJwk, { typ: 'query', content: {} });
    expect((await call('lookups', { query })).body['code']).toBe('connector.query-sealed');
  });
});

describe('a code that the operator of the register issues', () => {
  const issueHere = async (typed: string) => {
    const registrar = registrarOf(world.app.connector);
    if (registrar === undefined) throw new Error('This is no register of persons');
    return issueCodeAsOperator(registrar, typed);
  };

  test('is one like the counter’s, noted as the operator’s', async () => {
    const issued = await issueHere('qz000002 2');
    expect(issued?.person.nameEn).toBe('LEE, Ka Yan');
    const code = issued?.code ?? '';
    const passkey = await newPasskey();
    expect((await redeem(code, passkey)).status).toBe(200);
    expect((await redeem(code, await newPasskey())).body['code']).toBe('connector.code-wrong');
    const rows = await world.database.open('connector')<{ issued_by: string }[]>`
      select issued_by from praya_connector.enrolments
      where identity_number = 'QZ000002(2)' order by expires_at desc limit 1`;
    expect(rows[0]?.issued_by).toBe('operator');
  });

  test('needs a person whom the register knows', async () => {
    expect(await issueHere('QZ999999(9)')).toBeUndefined();
  });
});

describe('an enrolment code', () => {
  test('has three groups of four and is kept only as a hash', async () => {
    const code = await issueCode();
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
    const rows = await world.database.open('connector')`select * from praya_connector.enrolments`;
    expect(JSON.stringify(rows)).not.toContain(code.slice(5, 9));
  });

  test('is redeemed once, in any spelling', async () => {
    const code = await issueCode();
    const first = await redeem(code.toLowerCase().replaceAll('-', ' '), await newPasskey());
    expect(first.status).toBe(200);
    expect(await openHandle(world.config.keys.handles, String(first.body['handle']))).toBe('QZ000001(1)');
    expect((await redeem(code, await newPasskey())).body['code']).toBe('connector.code-wrong');
  });

  test('redeemed again for the same passkey answers the same person, and certifies nothing twice', async () => {
    const [code, passkey] = [await issueCode(), await newPasskey()];
    const answers = await Promise.all([1, 2, 3].map(() => redeem(code, passkey)));
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(await openHandle(world.config.keys.handles, String(body['handle']))).toBe('QZ000001(1)');
    }
    expect((await redeem(code, await newPasskey())).body['code']).toBe('connector.code-wrong');
    expect((await call('enrolments/check', { code })).body['code']).toBe('connector.code-wrong');
    const rows = await world.database.open('connector')`
      select 1 from praya_connector.citizen_keys where thumbprint = ${thumbprint(passkey.publicKey)}`;
    expect(rows).toHaveLength(1);
  });

  test('redeemed again for the same passkey is refused when its fifteen minutes are over', async () => {
    const [code, passkey] = [await issueCode(), await newPasskey()];
    expect((await redeem(code, passkey)).status).toBe(200);
    world.city.clock.advance(15 * 60_000);
    expect((await redeem(code, passkey)).body['code']).toBe('connector.code-expired');
  });

  test('is redeemed once of four parallel attempts', async () => {
    const code = await issueCode();
    const all = await Promise.all([1, 2, 3, 4].map(async () => redeem(code, await newPasskey())));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('bears five wrong attempts, then even the right one is refused', async () => {
    const code = await issueCode();
    const wrong = `${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`;
    for (let attempt = 0; attempt < 4; attempt++) {
      expect((await call('enrolments/check', { code: wrong })).body['code']).toBe('connector.code-wrong');
    }
    expect((await redeem(wrong, await newPasskey())).body['code']).toBe('connector.code-wrong');
    const right = await redeem(code, await newPasskey());
    expect(right.body['code']).toBe('connector.code-attempts');
    expect(right.status).toBe(429);
  });

  test('bears no sixth attempt when twenty come at once', async () => {
    const code = await issueCode();
    const wrong = `${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`;
    await Promise.all(Array.from({ length: 20 }, () => call('enrolments/check', { code: wrong })));
    const [row] = await world.database.open('connector')`
      select attempts from praya_connector.enrolments where locator = ${code.slice(0, 4)}`;
    expect(row?.['attempts']).toBe(5);
  });

  test('that was only checked is unused', async () => {
    const code = await issueCode();
    expect((await call('enrolments/check', { code })).body).toEqual({ ok: true });
    expect((await redeem(code, await newPasskey())).status).toBe(200);
  });

  test('dies after fifteen minutes', async () => {
    const code = await issueCode();
    world.city.clock.advance(15 * 60_000);
    expect((await redeem(code, await newPasskey())).body['code']).toBe('connector.code-expired');
  });

  test('that nobody issued is wrong', async () => {
    expect((await redeem('0000-0000-0000', await newPasskey())).body['code']).toBe('connector.code-wrong');
    expect((await redeem('UUUU-UUUU-UUUU', await newPasskey())).body['code']).toBe('connector.code-wrong');
  });

  test('stays unused when the passkey is registered already', async () => {
    const { passkey } = await enrolled();
    const code = await issueCode('QZ000002(2)');
    expect((await redeem(code, passkey)).body['code']).toBe('connector.credential-taken');
    expect((await redeem(code, await newPasskey())).status).toBe(200);
  });
});

describe('a passkey', () => {
  const change = async (about: {
    handle: string;
    by: SoftwarePasskey;
    action: string;
    of: SoftwarePasskey;
    at?: string;
  }) => {
    const { action, of } = about;
    const at = about.at ?? world.city.clock().toISOString();
    const statement = { type: 'praya.credential.v1', action, publicKey: of.publicKey, at };
    const assertion = await assertionOver(about.by, statement);
    return { handle: about.handle, statement, assertion };
  };

  test('is added and removed on the word of another of hers', async () => {
    const { passkey: by, handle } = await enrolled();
    const of = await newPasskey();
    const add = await call('credentials', await change({ handle, by, action: 'add', of }));
    expect(add.body).toEqual({ ok: true });
    const remove = await call('credentials', await change({ handle, by: of, action: 'remove', of: by }));
    expect(remove.body).toEqual({ ok: true });
    const late = await call(
      'credentials',
      await change({ handle, by, action: 'add', of: await newPasskey() }),
    );
    expect(late.body['code']).toBe('connector.credential-assertion');
  });

  test('of a stranger says nothing', async () => {
    const { handle } = await enrolled();
    const stranger = await newPasskey();
    const body = await change({ handle, by: stranger, action: 'add', of: stranger });
    expect((await call('credentials', body)).body['code']).toBe('connector.credential-assertion');
  });

  test('signs one change once', async () => {
    const { passkey: by, handle } = await enrolled();
    const body = await change({ handle, by, action: 'add', of: await newPasskey() });
    expect((await call('credentials', body)).status).toBe(200);
    expect((await call('credentials', body)).body['code']).toBe('connector.credential-statement');
  });

  test('that is taken, unknown, or signed for too long ago is refused', async () => {
    const { passkey: by, handle } = await enrolled();
    const send = async (about: Omit<Parameters<typeof change>[0], 'handle' | 'by'>) =>
      (await call('credentials', await change({ handle, by, ...about }))).body['code'];
    expect(await send({ action: 'add', of: by })).toBe('connector.credential-taken');
    expect(await send({ action: 'remove', of: await newPasskey() })).toBe('connector.credential-unknown');
    const at = new Date(world.city.clock().getTime() - 16 * 60_000).toISOString();
    expect(await send({ action: 'add', of: await newPasskey(), at })).toBe('connector.credential-statement');
  });

  test('that is her last stays', async () => {
    const code = await issueCode('QZ000003(3)');
    const passkey = await newPasskey();
    const handle = String((await redeem(code, passkey)).body['handle']);
    const body = await change({ handle, by: passkey, action: 'remove', of: passkey });
    expect((await call('credentials', body)).body['code']).toBe('connector.credential-last');
  });

  test('cannot be changed under a handle that is not ours', async () => {
    const { passkey: by } = await enrolled();
    const handle = await sealTo(officer.publicJwk, { typ: 'praya-handle+jwe', content: {} });
    const body = await change({ handle, by, action: 'add', of: await newPasskey() });
    expect((await call('credentials', body)).body['code']).toBe('connector.handle-unknown');
  });
});

describe('sealed subjects', () => {
  test('say to each provider who she is and with which passkeys, and differ every time', async () => {
    const { passkey, handle } = await enrolled();
    const { register, rates } = world.city.ids;
    const about = { handle, consent: newId('con'), audiences: [register, rates] };
    const first = (await call('subjects', about)).body['subjects'] as Body;
    const second = (await call('subjects', about)).body['subjects'] as Body;
    expect(Object.keys(first).sort()).toEqual([register, rates].sort());
    expect(first[rates]).not.toBe(second[rates]);
    const { plaintext } = await compactDecrypt(String(first[rates]), world.city.keys.ratesSeal.privateKey);
    const jwk = world.city.keys.registerSign.publicJwk;
    const jws = new TextDecoder().decode(plaintext);
    const claims = (await verifyJws(jws, { typ: 'praya-subject+jws', jwk })) as Body;
    expect(claims).toMatchObject({ iss: register, aud: rates, sub: 'QZ000001(1)', consent: about.consent });
    expect((claims['cnf'] as { jkts: string[] }).jkts).toContain(thumbprint(passkey.publicKey));
  });

  test('are not made for who has no encryption key, nor for who provides nothing', async () => {
    const { handle } = await enrolled();
    for (const stranger of [newId('org'), world.city.ids.bank]) {
      const answer = await call('subjects', { handle, consent: newId('con'), audiences: [stranger] });
      expect(answer.body['code']).toBe('connector.audience-unknown');
    }
  });

  test('are made for demonstration residents whose keys the city certified', async () => {
    const passkey = await newPasskey();
    const residents = [{ identityNumber: 'QZ000002(2)', publicKey: passkey.publicKey }];
    const db = world.database.open('connector');
    const about = { handles: world.config.keys.handles, residents, at: world.city.clock() };
    const [handle = ''] = await certifyKeys(db, about);
    const again = await certifyKeys(db, about);
    expect(again).toHaveLength(1);
    const audiences = [world.city.ids.rates];
    expect((await call('subjects', { handle, consent: newId('con'), audiences })).status).toBe(200);
  });
});

test.each([
  ['of another purpose', { purpose: 'subjects' }, 'connector.relay-purpose'],
  ['for another department', { aud: 'org_other' }, 'connector.relay-audience'],
])('a relay %s opens nothing', async (_name, relay, code) => {
  const answer = await call('enrolments', { lookup: newId('lkp') }, relay);
  expect(answer.body['code']).toBe(code);
});

test('no number, name or code is in a log line', () => {
  expect(world.logged.length).toBeGreaterThan(20);
  expect(world.logged.join('\n')).not.toMatch(/QZ\s?\d|CHAN|陳|1985-04-12/i);
});
