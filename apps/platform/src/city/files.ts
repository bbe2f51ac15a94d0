import { join } from 'node:path';
import { organisations } from '@praya/city/organisations';
import type { Config } from '../config.ts';
import { writePrivateJson } from './key-files.ts';
import type { CityPlan, DepartmentPlan } from './plan.ts';
import { servicesOf } from './services.ts';

type Anchor = { readonly kid: string; readonly jwk: object };

/** Writes what a department's connector reads: its configuration and its keys. */
export function writeConnectorFiles(
  config: Config,
  about: {
    readonly plan: CityPlan;
    readonly department: DepartmentPlan;
    readonly anchor: Anchor;
    readonly databaseUrl: string;
  },
): void {
  const { plan, department, anchor, databaseUrl } = about;
  const [persons] = plan.departments;
  const directory = join(config.dataDirectory, 'connectors', department.register);
  const registrar = {
    table: 'persons.residents',
    identityNumber: 'identity_number',
    nameEn: 'name_en',
    nameZh: 'name_zh',
    dateOfBirth: 'date_of_birth',
  };
  const isRegistrar = department.register === 'persons';
  writePrivateJson(join(directory, 'keys.json'), {
    signing: [department.signing],
    encryption: [department.encryption],
    ...(isRegistrar ? { handles: [department.handles], codes: department.codes } : {}),
  });
  writePrivateJson(join(directory, 'config.json'), {
    organisation: department.id,
    registerOfPersons: persons?.id,
    host: 'localhost',
    port: department.port,
    databaseUrl,
    platformUrl: config.origin,
    trustAnchor: publicAnchor(anchor),
    keysFile: 'keys.json',
    services: servicesOf[department.register],
    ...(isRegistrar ? { registrar } : {}),
  });
}

/** Writes what the bank reads: its registration and its keys. */
export function writeBankFiles(config: Config, about: { plan: CityPlan; anchor: Anchor }): void {
  const directory = join(config.dataDirectory, 'bank');
  const { bank } = about.plan;
  writePrivateJson(join(directory, 'keys.json'), { signing: bank.signing, encryption: bank.encryption });
  writePrivateJson(join(directory, 'config.json'), {
    port: bank.port,
    host: 'localhost',
    origin: bank.origin,
    issuer: config.origin,
    clientId: organisations.bank.slug,
    dataDirectory: join(directory, 'data'),
    keysFile: join(directory, 'keys.json'),
    anchor: publicAnchor(about.anchor),
  });
}

function publicAnchor({ kid, jwk }: Anchor) {
  const { kty, crv, x } = jwk as { kty?: string; crv?: string; x?: string };
  return { kid, jwk: { kty, crv, x } };
}
