// Recounts the logs and names whatever does not fit: check-ledger.ts [--origin=ORIGIN] [--json]
import { parseArgs } from 'node:util';
import { systemClock } from '@praya/kernel/clock';
import type { Integrity } from '@praya/ledger/contract';
import { readConfig, readSecrets } from '../config.ts';
import { createRooms } from '../rooms.ts';

const { values } = parseArgs({ options: { origin: { type: 'string' }, json: { type: 'boolean' } } });
const config = readConfig();
const { masterKey } = readSecrets(config);
const rooms = createRooms({ config, masterKey, now: systemClock });
try {
  process.exitCode = await check();
} finally {
  await rooms.close();
}

async function check(): Promise<number> {
  const startedAt = performance.now();
  const known = (await rooms.ledger.logs()).map(({ origin }) => origin);
  const origins = values.origin === undefined ? known : known.filter((origin) => origin === values.origin);
  if (origins.length === 0) {
    console.error(`There is no log ${values.origin ?? ''}. There are: ${known.join(', ')}`);
    return 2;
  }
  const logs: Integrity[] = [];
  for (const origin of origins) logs.push(await rooms.ledger.checkIntegrity(origin));
  const sound = logs.every((log) => log.sound);
  const ms = Math.round(performance.now() - startedAt);
  if (values.json === true) console.log(JSON.stringify({ sound, logs, ms }));
  else for (const log of logs) print(log);
  return sound ? 0 : 1;
}

function print({ origin, size, sound, faults }: Integrity): void {
  console.log(`${sound ? '✓' : '✗'} ${origin}  ${size} entries`);
  for (const { kind, at } of faults) console.log(`    ${kind}  ${at}`);
}
