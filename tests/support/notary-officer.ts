// A notary's process that ends itself, without a word to anybody, at the step that it is told:
// notary-officer.ts ADMIN_URL POINT VERB RECORD
import { systemClock } from '@praya/kernel/clock';
import { openDatabase } from '@praya/kernel/database';
import { roomDatabaseUrl } from '@praya/kernel/migrate';
import { expectValue } from '@praya/kernel/result';
import { testMasterKey } from '@praya/kernel/testing';
import type { RecordId } from '@praya/notary/records/contract';
import { openNotaryOffice } from './notary-office.ts';

const [adminUrl = '', point, verb, subject = ''] = process.argv.slice(2);
const open = (room: string) => openDatabase(roomDatabaseUrl(adminUrl, testMasterKey, room), { max: 3 });
let passed = 0;
const office = openNotaryOffice({
  open,
  now: systemClock,
  faults: (at) => {
    passed += at === point ? 1 : 0;
    // A bulk of three chunks dies in the second.
    if (passed === (verb === 'bulk' ? 2 : 1)) process.kill(process.pid, 'SIGKILL');
  },
});
const once = { key: 'killed', bodyHash: 'same' };
if (verb === 'record') expectValue(await office.notary.record(office.actor, office.file('killed'), once));
if (verb === 'change') {
  const change = { to: 'revoked', reason: 'Killed' } as const;
  expectValue(await office.notary.change(office.actor, { id: subject as RecordId, change, once }));
}
if (verb === 'bulk') await office.workThrough(subject);
process.stdout.write('survived');
await office.close();
