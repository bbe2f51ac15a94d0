import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { createSoftwarePasskey } from '@praya/city/software-passkey';
import { seedPersons } from '@praya/identity/seed';
import type { Config } from '../config.ts';
import { type DemonstrationPerson, demonstrationKeyOf } from '../demonstration/people.ts';
import type { Rooms } from '../rooms.ts';
import type { CityPlan } from './plan.ts';

const CERTIFY = resolve(import.meta.dirname, '../../../connector/src/operate/certify-demonstration.ts');

/** Enrols the demonstration people: the register of persons certifies their passkeys, identity takes them in. */
export async function enrolDemonstration(about: {
  readonly config: Config;
  readonly plan: CityPlan;
  readonly people: readonly DemonstrationPerson[];
  readonly rooms: Rooms;
}): Promise<void> {
  const { config, plan, people, rooms } = about;
  const site = { rpId: new URL(config.origin).hostname, origin: config.origin };
  const passkeys = await Promise.all(
    people.map((person) =>
      createSoftwarePasskey({ ...site, privateKey: demonstrationKeyOf(config.city.seed, person) }),
    ),
  );
  const handles = await certify(
    config,
    people.map(({ resident }, at) => ({
      identityNumber: resident.identityNumber,
      publicKey: passkeys[at]?.publicKey ?? {},
    })),
  );
  const persons = people.flatMap(({ index }, at) => {
    const [passkey, handle] = [passkeys[at], handles[at]];
    if (passkey === undefined || handle === undefined) return [];
    const { credentialId, publicKey } = passkey;
    return [{ personId: plan.personId(index), handle, credentialId, publicKey }];
  });
  await seedPersons(rooms.pools.identity, { persons, name: 'Demonstration', at: plan.now });
}

// The register's own program does it: the platform has no way into a register.
async function certify(config: Config, residents: readonly object[]): Promise<string[]> {
  const file = join(config.dataDirectory, 'connectors', 'persons', 'config.json');
  const child = spawn(process.execPath, [CERTIFY, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(residents));
  return JSON.parse(await text(child.stdout));
}
