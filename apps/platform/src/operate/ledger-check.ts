// Recounts the logs of the city, or one: ledger-check.ts [--json] [--origin=ORIGIN]
import { parseArgs } from 'node:util';
import { systemClock } from '@praya/kernel/clock';
import type { Integrity, Ledger } from '@praya/ledger/contract';
import { readConfig, readSecrets } from '../config.ts';
import { createRooms } from '../rooms.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, origin: { type: 'string' } } });

const config = readConfig();
const rooms = createRooms({ ...readSecrets(config), config, now: systemClock });
try {
  process.exitCode = await check(rooms.ledger);
} finally {
  await rooms.close();
}

async function check(ledger: Ledger): Promise<number> {
  const origins = (await ledger.logs()).map(({ origin }) => origin);
  const wanted = values.origin === undefined ? origins : origins.filter((origin) => origin === values.origin);
  if (wanted.length === 0) {
    console.error(
      `There is no log ${values.origin ?? ''}. ${origins.length === 0 ? 'None is open.' : origins.join('\n')}`,
    );
    return 2;
  }
  const startedAt = performance.now();
  const logs: Integrity[] = [];
  for (const origin of wanted) {
    const log = await ledger.checkIntegrity(origin);
    logs.push(log);
    if (values.json !== true) print(log);
  }
  const sound = logs.every((log) => log.sound);
  const ms = Math.round(performance.now() - startedAt);
  if (values.json === true) console.log(JSON.stringify({ sound, logs, ms }));
  return sound ? 0 : 1;
}

function print({ origin, size, sound, faults }: Integrity): void {
  console.log(`${origin}: ${size} entries, ${sound ? 'sound' : `${faults.length} faults`}`);
  for (const { kind, at } of faults) console.log(`  ${kind} ${at}`);
}
