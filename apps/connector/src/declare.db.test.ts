import { digest } from '@praya/kernel/canonical';
import { verifyJws } from '@praya/kernel/jws';
import { silentLog } from '@praya/kernel/log';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { declareOnce, keepDeclaring } from './declare.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test('a declaration is signed and says everything of each service but where its rows are', async () => {
  const { city, app } = world;
  expect(await declareOnce(app.connector, city.fetch)).toBe('accepted');
  const jwk = city.keys.registerSign.publicJwk;
  const text = city.declarations.at(-1) ?? '';
  const said = await verifyJws(text, { typ: 'praya-declaration+jws', jwk });
  expect(said).toMatchObject({ iss: city.ids.register, aud: 'https://praya.test' });
  const { services } = said as { services: { id: string; schema: object; schemaDigest: string }[] };
  expect(services.map(({ id }) => id)).toContain('persons.particulars');
  for (const { schema, schemaDigest } of services) expect(schemaDigest).toBe(digest(schema));
  expect(JSON.stringify(said)).not.toMatch(/identity_number|connector_source|select/);
});

test('declaring goes on until the platform accepts', async () => {
  const { city, app } = world;
  const before = city.declarations.length;
  city.outage = new Response('not yet', { status: 503 });
  const declaring = keepDeclaring(app.connector, { fetch: city.fetch, log: silentLog() });
  expect(declaring.accepted()).toBe(false);
  city.outage = null;
  await vi.waitFor(() => expect(declaring.accepted()).toBe(true), { timeout: 5_000 });
  declaring.stop();
  expect(city.declarations.length).toBeGreaterThan(before);
});
