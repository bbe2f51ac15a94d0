// Makes the demonstration city anew: registers, directory, keys, configuration files, enrolled demonstration people.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { companies } from '@praya/city/companies';
import { companiesRegister, personsRegister, ratesRegister } from '@praya/city/registers';
import { residents } from '@praya/city/residents';
import { systemClock } from '@praya/kernel/clock';
import { ConfigError } from '@praya/kernel/config';
import { emptyPlatform, markDemonstration } from '../city/empty.ts';
import { enrolDemonstration } from '../city/enrol.ts';
import { writeBankFiles, writeConnectorFiles } from '../city/files.ts';
import { writePrivateJson } from '../city/key-files.ts';
import { planCity } from '../city/plan.ts';
import { loadRegister } from '../city/registers.ts';
import { seedCityDirectory } from '../city/seed-directory.ts';
import { readConfig, readSecrets } from '../config.ts';
import { demonstrationPeople } from '../demonstration/people.ts';
import { migratePlatform } from '../migrations.ts';
import { createRooms } from '../rooms.ts';

const COMPANIES = 500;

const config = readConfig();
if (config.production)
  throw new ConfigError('PRAYA_ENV: a production city is not made from synthetic people');
const { masterKey } = readSecrets(config);
const { seed, residents: count } = config.city;

await emptyPlatform(config.adminUrl);
rmSync(join(config.dataDirectory, 'bank'), { recursive: true, force: true });
rmSync(join(config.dataDirectory, 'connectors'), { recursive: true, force: true });
// The city's logs begin anew, with other keys: witnesses who remember the old ones would refuse them.
rmSync(join(config.dataDirectory, 'witnesses'), { recursive: true, force: true });
rmSync(join(config.dataDirectory, 'witness-policy'), { force: true });
await migratePlatform({ config, masterKey });
await markDemonstration(config.adminUrl);

const everybody = [...residents({ count, seed })];
const registers = {
  persons: personsRegister(everybody),
  rates: ratesRegister(everybody),
  companies: companiesRegister(companies({ count: COMPANIES, seed, residents: everybody })),
};
const plan = planCity({
  origin: config.origin,
  port: config.port,
  listenOffset: config.city.connectorListenOffset,
  now: systemClock(),
});
const rooms = createRooms({ ...readSecrets(config), config, now: systemClock });
try {
  const people = demonstrationPeople(config.city);
  await seedCityDirectory({ plan, people, rooms });
  const anchor = await rooms.directory.trustAnchor();
  for (const department of plan.departments) {
    const register = registers[department.register];
    const { connectorUrl } = await loadRegister(config.adminUrl, { name: department.register, register });
    writeConnectorFiles(config, { plan, department, anchor, databaseUrl: connectorUrl });
  }
  writeBankFiles(config, { plan, anchor });
  await enrolDemonstration({ config, plan, people, rooms });
  writePrivateJson(join(config.dataDirectory, 'trust-anchor.json'), anchor);
  writePrivateJson(join(config.dataDirectory, 'city.json'), {
    residents: count,
    seed,
    connectors: plan.departments.map(({ register }) => register),
    madeAt: systemClock().toISOString(),
  });
} finally {
  await rooms.close();
}
process.disconnect?.();
