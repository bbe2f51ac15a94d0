import { openDatabase } from '../../kernel/src/database.ts';
import type { FaultPoint } from '../../services/ledger/src/sequencer/faults.ts';
import { createSequencer } from '../../services/ledger/src/sequencer/sequencer.ts';

/** What a process is to do, as its second argument in JSON. */
export type Orders = {
  readonly origin: string;
  /** its name, and that of its entries: `<name> 0`, `<name> 1`, … */
  readonly name: string;
  /** entries in all, and in one call, and calls at once */
  readonly entries: number;
  readonly perCall: number;
  readonly callers: number;
  /** kill this process with SIGKILL where it comes to a point for the n-th time, or so long after */
  readonly killAt?: { readonly point: FaultPoint; readonly time: number; readonly afterMs?: number };
  readonly limits?: object;
};

// A process that sequences, and says of each entry what was acknowledged: `<n> <place>`.
const [url = '', json = '{}'] = process.argv.slice(2);
const orders: Orders = JSON.parse(json);
const db = openDatabase(url, { max: 3 });
const say = (line: string) => process.stdout.write(`${line}\n`);
let times = 0;

const sequencer = createSequencer({
  db,
  holder: `${orders.name} ${process.pid}`,
  limits: orders.limits ?? {},
  onBatch: () => {},
  onLease: ({ epoch, size }) => say(`lease ${epoch} ${size}`),
  onLost: () => say('lost'),
  confirm: async () => 'confirmed',
  faults: (point) => {
    if (point !== orders.killAt?.point) return;
    times += 1;
    if (times !== orders.killAt.time) return;
    const { afterMs } = orders.killAt;
    const kill = () => void process.kill(process.pid, 'SIGKILL');
    if (afterMs === undefined) kill();
    else setTimeout(kill, afterMs);
  },
});

let next = 0;
async function caller(): Promise<void> {
  while (next < orders.entries) {
    const numbers = Array.from(
      { length: Math.min(orders.perCall, orders.entries - next) },
      (_, at) => next + at,
    );
    next += numbers.length;
    await acknowledged(numbers);
  }
}

async function acknowledged(numbers: readonly number[]): Promise<void> {
  const entries = numbers.map((number) => Buffer.from(`${orders.name} ${number}`));
  for (;;) {
    const places = await sequencer.sequence(orders.origin, entries);
    if (places.ok) {
      say(numbers.map((number, at) => `${number} ${places.value[at]}`).join('\n'));
      return;
    }
    say(`refused ${places.refusal.code}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

await Promise.all(Array.from({ length: orders.callers }, caller));
say('done');
process.stdin.resume();
await new Promise((resolve) => process.stdin.once('end', resolve));
await sequencer.stop();
await db.end();
