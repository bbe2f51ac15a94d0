import { expect, it } from 'vitest';
import { groupOperations, operationsOf } from './openapi.ts';

const document = {
  info: { title: 'Praya', version: '1' },
  paths: {
    '/b': {
      post: {
        tags: ['two'],
        summary: 'Make b',
        requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
      },
    },
    '/a': {
      get: { tags: ['one'], summary: 'Read a', responses: { 200: { description: 'Good' } } },
      delete: { tags: ['one'] },
    },
  },
};

it('reads every operation with its body and answers', () => {
  const [make, read, remove] = operationsOf(document);
  expect(make).toMatchObject({
    method: 'POST',
    path: '/b',
    body: { type: 'application/json', schema: { type: 'object' } },
  });
  expect(read?.answers).toEqual([{ status: '200', description: 'Good', schema: null }]);
  expect(remove).toMatchObject({ method: 'DELETE', summary: '', body: null, answers: [] });
});

it('groups by tag what holds every word of the search', () => {
  const operations = operationsOf(document);
  expect(groupOperations(operations, '').map(({ tag }) => tag)).toEqual(['one', 'two']);
  expect(groupOperations(operations, 'READ one').flatMap((group) => group.operations)).toHaveLength(1);
  expect(groupOperations(operations, 'nothing')).toEqual([]);
});
