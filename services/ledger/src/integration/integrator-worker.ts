import { openDatabase } from '@praya/kernel/database';
import { createPostgresTiles } from '../tiles/postgres-tiles.ts';
import { createIntegrator, type IntegratorFault } from './integrator.ts';
import { entriesOf, sequenceBatch, takeLease } from './test-journal.ts';

// Sequences and integrates a log in a process of its own, until it is killed at a point of its n-th turn.
const [url = '', origin = '', point = '', turns = '1'] = process.argv.slice(2);
const db = openDatabase(url, { max: 4 });
const standing = createPostgresTiles(db);

let met = 0;
const end = (): void => {
  met += 1;
  if (met === Number(turns)) process.kill(process.pid, 'SIGKILL');
};
const integrator = createIntegrator({
  db,
  tiles: {
    ...standing,
    write: async (log, files) => {
      if (point !== 'half-of-the-tiles') return standing.write(log, files);
      await standing.write(log, files.slice(0, files.length / 2));
      end();
      await standing.write(log, files);
    },
  },
  limits: { turnEveryMs: 0, turnEntries: 100 },
  faults: (at: IntegratorFault) => (at === point ? end() : undefined),
});
await integrator.lead(origin, await takeLease(db, origin));
const [row] = await db<{ size: bigint }[]>`select size from sequences where origin = ${origin}`;
for (let size = Number(row?.size); ; size += 90) {
  integrator.take(await sequenceBatch(db, origin, entriesOf(size, 90)));
  if (integrator.waiting(origin) > 500) await integrator.settled(origin);
}
