import { createDirectoryTiles } from './directory-tiles.ts';
import { growingFiles } from './test-files.ts';

// Writes the tiles of a log that grows, until it is killed at a point of its n-th file.
const [path = '', origin = '', point = '', files = '1'] = process.argv.slice(2);
let met = 0;
const store = createDirectoryTiles(path, {
  faults: (at) => {
    if (at === point) met += 1;
    if (met === Number(files)) process.kill(process.pid, 'SIGKILL');
  },
});
for (const turn of growingFiles()) await store.write(origin, turn);
