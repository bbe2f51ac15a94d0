// Issues an enrolment code beside the register of persons, for people whom no counter can serve yet:
// issue-code.ts CONFIG [IDENTITY-NUMBER]. Without the number it is asked for, which keeps it out of the shell's history.
import { createInterface } from 'node:readline/promises';
import { systemClock } from '@praya/kernel/clock';
import { ConfigError } from '@praya/kernel/config';
import { openDatabase } from '@praya/kernel/database';
import { configPath, readConfig } from '../config.ts';
import { migrateConnector } from '../migrate.ts';
import { issueCodeAsOperator } from '../registrar/issue.ts';

const [file, given] = process.argv.slice(2);

try {
  await issue(readConfig(configPath(file, process.env)));
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}

async function issue({ registrar: source, keys, databaseUrl }: ReturnType<typeof readConfig>): Promise<void> {
  const { codes } = keys;
  if (source === undefined || codes === undefined)
    throw new ConfigError('Only the connector of the register of persons issues enrolment codes');
  const identityNumber = given ?? (await asked('Identity card number: '));
  const db = openDatabase(databaseUrl, { max: 1, name: 'praya issue code' });
  try {
    await migrateConnector(db);
    const issued = await issueCodeAsOperator({ db, now: systemClock, codes, source }, identityNumber);
    if (issued === undefined) throw new ConfigError('The register knows nobody of this number');
    const { nameEn, nameZh, dateOfBirth } = issued.person;
    console.error(
      `For ${[nameEn, nameZh].filter(Boolean).join(' ')}, born ${dateOfBirth}. Shown once, good until ${issued.expiresAt}:`,
    );
    console.log(issued.code);
  } finally {
    await db.end();
  }
}

async function asked(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(question);
  lines.close();
  return answer.trim();
}
