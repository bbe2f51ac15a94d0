import { openDatabase } from '../../kernel/src/database.ts';
import { createKeyring } from '../../kernel/src/keyring.ts';

// One of several processes that ask for the first key, then rotate away from it, all at the same time.
const [url = '', room = '', startAt = ''] = process.argv.slice(2);
const db = openDatabase(url, { max: 2 });
const masterKey = new Uint8Array(32).fill(7);
const keyring = createKeyring({
  db,
  masterKey,
  room,
  purpose: 'race',
  algorithm: 'ES256',
  now: () => new Date(),
});
await db`select 1`;
await new Promise((resolve) => setTimeout(resolve, Number(startAt) - Date.now()));
const first = await keyring.signingKey();
await new Promise((resolve) => setTimeout(resolve, Number(startAt) + 500 - Date.now()));
const { rotated, kid } = await keyring.rotate({ from: first.kid });
process.stdout.write(JSON.stringify({ first: first.kid, rotated, kid }));
await db.end();
