// Lists or rotates the platform's signing keys: keys.ts list [--json] | rotate [--json] PURPOSE
import { systemClock } from '@praya/kernel/clock';
import { readConfig, readSecrets } from '../config.ts';
import { createRooms, type Keyrings } from '../rooms.ts';

const [verb = '', ...rest] = process.argv.slice(2);
const json = rest.includes('--json');
const purpose = rest.find((word) => !word.startsWith('--'));

const config = readConfig();
const { masterKey } = readSecrets(config);
const rooms = createRooms({ config, masterKey, now: systemClock });
try {
  process.exitCode = verb === 'rotate' ? await rotate(rooms.keyrings) : await list(rooms.keyrings);
} finally {
  await rooms.close();
}

async function list(keyrings: Keyrings): Promise<number> {
  const keys = await Promise.all(
    Object.entries(keyrings).map(async ([name, keyring]) =>
      (await keyring.published()).map((key) => ({
        purpose: name,
        kid: key.kid,
        state: key.state,
        validFrom: key.validFrom.toISOString(),
        validUntil: key.validUntil.toISOString(),
        revokedAt: key.revokedAt?.toISOString() ?? null,
      })),
    ),
  );
  if (json) console.log(JSON.stringify({ keys: keys.flat() }));
  else
    for (const key of keys.flat())
      console.log(
        `${key.purpose.padEnd(8)} ${key.state.padEnd(8)} ${key.kid}  until ${key.validUntil.slice(0, 10)}`,
      );
  return 0;
}

async function rotate(keyrings: Keyrings): Promise<number> {
  const found = Object.entries(keyrings).find(([name]) => name === purpose);
  if (found === undefined) {
    console.error(`There is no keyring ${purpose}. One of: ${Object.keys(keyrings).join(', ')}`);
    return 2;
  }
  if (purpose === 'log' || purpose === 'anchor') {
    console.error(
      `The ${purpose} key is what verifiers know us by; it is not rotated in place. See docs/runbooks/keys.md`,
    );
    return 1;
  }
  const { kid } = await found[1].rotate();
  console.log(json ? JSON.stringify({ purpose, kid }) : `${purpose} signs with ${kid} now.`);
  return 0;
}
