// Appoints a first officer: appoint.ts --person per_… --organisation SLUG --roles a,b --reason TEXT [--json]
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type DirectoryRefusal, ROLES, type Role } from '@praya/directory/contract';
import { appointFirstOfficer } from '@praya/directory/service';
import { systemClock } from '@praya/kernel/clock';
import { ConfigError } from '@praya/kernel/config';
import { idSchema } from '@praya/kernel/id';
import { loadMessages, messageOf } from '@praya/kernel/messages';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { readConfig, readSecrets } from '../config.ts';
import { createRooms } from '../rooms.ts';

const Appointment = Type.Object({
  person: idSchema('per'),
  organisation: Type.String({ minLength: 1, maxLength: 62 }),
  roles: Type.String({ minLength: 1, maxLength: 200 }),
  reason: Type.String({ minLength: 3, maxLength: 500 }),
  json: Type.Boolean({ default: false }),
});

try {
  const asked = parsed();
  const roles = rolesOf(asked.roles);
  const organisationId = await appoint(asked, roles);
  const done = { person: asked.person, organisation: asked.organisation, organisationId, roles };
  console.log(
    asked.json ? JSON.stringify(done) : `${done.person} is ${roles.join(', ')} of ${done.organisation} now.`,
  );
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}

function parsed(): Static<typeof Appointment> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { person: text, organisation: text, roles: text, reason: text, json: { type: 'boolean' } },
  });
  const candidate = Value.Default(Appointment, values);
  if (Value.Check(Appointment, candidate)) return candidate;
  const [fault] = Value.Errors(Appointment, candidate);
  const [missing] = fault?.keyword === 'required' ? fault.params.requiredProperties : [];
  throw new ConfigError(
    `--${missing ?? fault?.instancePath.slice(1)} ${missing === undefined ? fault?.message : 'is missing'}`,
  );
}

function rolesOf(list: string): Role[] {
  const words = [...new Set(list.split(',').map((word) => word.trim()))];
  const roles = ROLES.filter((role) => words.includes(role));
  if (roles.length !== words.length) throw new ConfigError(`--roles takes some of: ${ROLES.join(', ')}`);
  return roles;
}

async function appoint(asked: Static<typeof Appointment>, roles: readonly Role[]): Promise<string> {
  const config = readConfig();
  const rooms = createRooms({ ...readSecrets(config), config, now: systemClock });
  const { person: personId, organisation, reason } = asked;
  try {
    // A number typed wrongly would count as an officer who can never act.
    if ((await rooms.identity.passkeys(personId)).length === 0)
      throw new ConfigError(`Nobody has enrolled as ${personId}. Her number is on her page "My devices".`);
    const appointment = { organisation, personId, roles, reason, account: userInfo().username };
    const result = await appointFirstOfficer(rooms.pools.directory, appointment, systemClock());
    if (!result.ok) throw new ConfigError(sentence(result.refusal.code));
    return result.value.organisationId;
  } finally {
    await rooms.close();
  }
}

function sentence(code: DirectoryRefusal): string {
  const services = join(import.meta.dirname, '..', '..', '..', '..', 'services');
  const messages = loadMessages([join(services, 'directory', 'src', 'messages')]);
  return `${messageOf(messages, 'en', { key: code })} (${code})`;
}
