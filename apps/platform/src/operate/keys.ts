// Lists or rotates the platform's signing keys: keys.ts list [--json] | rotate [--json] PURPOSE
import { systemClock } from '@praya/kernel/clock';
import type { Keyring } from '@praya/kernel/keyring';
import { readConfig, readSecrets } from '../config.ts';
import { createRooms, type Keyrings } from '../rooms.ts';

const [verb = '', ...rest] = process.argv.slice(2);
const json = rest.includes('--json');
const purpose = rest.find((word) => !word.startsWith('--'));

const config = readConfig();
const rooms = createRooms({ ...readSecrets(config), config, now: systemClock });
try {
  process.exitCode = verb === 'rotate' ? await rotate(rooms.keyrings) : await list(await everyKeyring());
} finally {
  await rooms.close();
}

async function everyKeyring(): Promise<Record<string, Keyring>> {
  const logs = await rooms.ledger.logs();
  const ofLogs = logs.map(({ origin }) => [`log ${origin}`, rooms.logKeyring(origin)] as const);
  return { ...rooms.keyrings, ...Object.fromEntries(ofLogs) };
}

async function list(keyrings: Readonly<Record<string, Keyring>>): Promise<number> {
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
  if (purpose === 'anchor' || purpose?.startsWith('log') === true) {
    console.error(
      'The keys of the anchor and of the logs are what verifiers know us by; they are not rotated in place. See docs/runbooks/keys.md',
    );
    return 1;
  }
  const found = Object.entries(keyrings).find(([name]) => name === purpose);
  if (found === undefined) {
    console.error(`There is no keyring ${purpose}. One of: ${Object.keys(keyrings).join(', ')}`);
    return 2;
  }
  const { kid } = await found[1].rotate();
  console.log(json ? JSON.stringify({ purpose, kid }) : `${purpose} signs with ${kid} now.`);
  return 0;
}
