// Founds a production city from a founding document: found.ts FILE [--json]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@praya/kernel/clock';
import { ConfigError } from '@praya/kernel/config';
import { writePrivateJson } from '../city/key-files.ts';
import { readConfig, readSecrets } from '../config.ts';
import { readFoundingDocument } from '../founding/document.ts';
import { foundCity } from '../founding/seed.ts';
import { migratePlatform } from '../migrations.ts';
import { createRooms } from '../rooms.ts';

const [file = '', ...rest] = process.argv.slice(2);

try {
  const founded = await found();
  console.log(rest.includes('--json') ? JSON.stringify(founded) : said(founded));
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}

async function found() {
  const config = readConfig();
  if (!config.production)
    throw new ConfigError(
      'PRAYA_ENV: a demonstration city makes itself; found one with PRAYA_ENV=production',
    );
  const document = readFoundingDocument(readFileSync(file, 'utf8'));
  const { masterKey } = readSecrets(config);
  await migratePlatform({ config, masterKey });
  const rooms = createRooms({ ...readSecrets(config), config, now: systemClock });
  try {
    if ((await rooms.directory.organisations({ limit: 1 })).length > 0)
      throw new ConfigError('This city is founded already. Nothing was changed.');
    const { origin, production } = config;
    const about = { origin, production, now: systemClock() };
    const organisations = await foundCity(rooms.pools.directory, document, about);
    const anchor = await rooms.directory.trustAnchor();
    const trustAnchorFile = join(config.dataDirectory, 'trust-anchor.json');
    writePrivateJson(trustAnchorFile, anchor);
    return { origin, organisations, anchor, trustAnchorFile };
  } finally {
    await rooms.close();
  }
}

function said(founded: Awaited<ReturnType<typeof found>>): string {
  const { origin, organisations, anchor, trustAnchorFile } = founded;
  const width = Math.max(...Object.keys(organisations).map((slug) => slug.length));
  const list = Object.entries(organisations).map(([slug, id]) => `  ${slug.padEnd(width)}  ${id}`);
  return `The city at ${origin} is founded.

${list.join('\n')}

The trust anchor, also in ${trustAnchorFile}. Give it to every connector and every relying party
by another way than this platform, and let them compare the fingerprint:

  kid          ${anchor.kid}
  fingerprint  ${anchor.fingerprint}
  jwk          ${JSON.stringify(anchor.jwk)}

Next: two officers. See docs/how-to/found-a-city.md`;
}
