import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ALGORITHMS, type Algorithm } from '../keys.ts';
import { makeWitness } from '../new-witness.ts';

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: '' },
    directory: { type: 'string', default: '.' },
    algorithms: { type: 'string', default: ALGORITHMS.join(',') },
    json: { type: 'boolean', default: false },
  },
});

try {
  const algorithms = values.algorithms.split(',').filter(isAlgorithm);
  if (values.name === '')
    throw new Error('--name is missing: an address without a scheme, such as witness.example.edu/w1');
  if (algorithms.join(',') !== values.algorithms)
    throw new Error(`--algorithms takes ${ALGORITHMS.join(',')}`);
  const made = makeWitness({ name: values.name, directory: resolve(values.directory), algorithms });
  if (values.json) console.log(JSON.stringify(made));
  else for (const { vkey } of made.keys) console.log(vkey);
  console.error(`The keys and the empty state are in ${made.directory}. Copy keys.json; never the state.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function isAlgorithm(name: string): name is Algorithm {
  return ALGORITHMS.some((one) => one === name);
}
