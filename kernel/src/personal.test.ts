import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { personal, redact } from './personal.ts';

const Resident = Type.Object({
  id: Type.String(),
  name: personal(Type.String()),
  addresses: Type.Array(Type.Object({ street: personal(Type.String()), region: Type.String() })),
});

test('personal fields are replaced wherever they are nested', () => {
  const value = { id: 'per_1', name: 'Chan', addresses: [{ street: 'Praya East', region: 'HK' }] };
  expect(redact(Resident, value)).toEqual({
    id: 'per_1',
    name: '[personal]',
    addresses: [{ street: '[personal]', region: 'HK' }],
  });
});

test('a signed or sealed message is replaced wherever it stands', () => {
  const [jws, jwe] = ['eyJhbGciOiJFUzI1NiJ9.e30.c2ln', 'eyJhbGciOiJFQ0RILUVTIn0..aXY.Y3Q.dGFn'];
  expect(redact(Type.String(), jws)).toBe('[message]');
  const value = { id: jwe, name: 'Chan', addresses: [{ street: '', region: 'a.b.c' }] };
  expect(redact(Resident, value)).toMatchObject({ id: '[message]', addresses: [{ region: 'a.b.c' }] });
});

test('a field that the schema does not declare is left out', () => {
  expect(redact(Resident, { id: 'per_1', identityNumber: 'A123456(3)' })).toEqual({ id: 'per_1' });
});

test('without a schema nothing is logged', () => {
  expect(redact(undefined, { anything: 1 })).toBeUndefined();
});
