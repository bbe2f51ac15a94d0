// Ends a log that cannot go on and opens its successor: ledger-succeed.ts [--json] --origin=ORIGIN
import { parseArgs } from 'node:util';
import { systemClock } from '@praya/kernel/clock';
import { readConfig, readSecrets } from '../config.ts';
import { createRooms } from '../rooms.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, origin: { type: 'string' } } });

const config = readConfig();
const rooms = createRooms({ ...readSecrets(config), config, now: systemClock });
try {
  process.exitCode = await succeed(values.origin ?? '');
} finally {
  await rooms.close();
}

async function succeed(origin: string): Promise<number> {
  const log = (await rooms.ledger.logs()).find((one) => one.origin === origin && one.closedAt === null);
  if (log === undefined) {
    console.error(`There is no open log ${origin}.`);
    return 2;
  }
  if (log.halted === null) {
    console.error(`${origin} does not stand still. A log that can go on needs no successor.`);
    return 1;
  }
  const successor = await rooms.ledger.succeed(origin);
  if (!successor.ok) throw new Error(successor.refusal.code);
  if (values.json === true) console.log(JSON.stringify({ ended: origin, successor: successor.value }));
  else console.log(`${origin} ends at ${log.published} entries. ${successor.value} has begun.`);
  return 0;
}
