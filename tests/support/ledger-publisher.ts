import { createPrivateKey } from 'node:crypto';
import { systemClock } from '../../kernel/src/clock.ts';
import { openDatabase } from '../../kernel/src/database.ts';
import { silentLog } from '../../kernel/src/log.ts';
import { createLogDouble } from '../../services/ledger/src/publication/log-double.ts';
import { createPublisher, type PublisherFault } from '../../services/ledger/src/publication/publisher.ts';
import { sha256 } from '../../services/ledger/src/sha256.ts';
import { parsePolicy } from '../../standards/tlog/src/policy.ts';

// Publishes one tree from a process of its own, which ends itself by SIGKILL at the point that is named.
const [url = '', about = ''] = process.argv.slice(2);
const { origin, size, privateKey, policyText, killedAt } = JSON.parse(about) as {
  origin: string;
  size: number;
  privateKey: string;
  policyText: string;
  killedAt: PublisherFault;
};
const log = createLogDouble(origin, 'entry', createPrivateKey(privateKey));
const policy = parsePolicy(sha256, policyText);
if (!policy.ok) throw new Error(policy.refusal.code);
const db = openDatabase(url, { max: 2 });
const publisher = createPublisher({
  db,
  signerOf: () => log.signer,
  policy: policy.value,
  consistency: (_, sizes) => log.consistency(sizes),
  now: systemClock,
  log: silentLog(),
  faults: (point) => {
    if (point === killedAt) process.kill(process.pid, 'SIGKILL');
  },
});
publisher.offer(log.tree(size));
await new Promise((resolve) => setTimeout(resolve, 10_000));
process.exit(1);
