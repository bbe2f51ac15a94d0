// The city's loader runs this beside the register of persons: residents on standard input, handles on standard output.
import { dirname, resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import { openDatabase } from '@praya/kernel/database';
import { configPath, readConfig } from '../config.ts';
import { certifyDemonstrationKeys, type DemonstrationResident } from '../demonstration.ts';

const file = configPath(process.argv[2], process.env);
const config = readConfig(file);
const residents = (await json(process.stdin)) as DemonstrationResident[];
const db = openDatabase(config.databaseUrl, { max: 1, name: 'praya certify' });
const keysFile = resolve(dirname(file), config.keysFile);
const handles = await certifyDemonstrationKeys(db, { keysFile, residents, at: new Date() });
await db.end();
process.stdout.write(JSON.stringify(handles));
