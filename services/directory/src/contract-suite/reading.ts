import { expect, test } from 'vitest';
import { ids, officers, purposes } from '../test-city.ts';
import { approved, refused, type WithDirectory } from './officers.ts';

export function readingSuite(withDirectory: WithDirectory): void {
  test('an organisation is found by id, by client and as the registrar', () =>
    withDirectory(async ({ directory }) => {
      expect(await directory.organisation(ids.bank)).toMatchObject({ value: { slug: 'lantern-bay-bank' } });
      expect(await directory.organisationOfClient('lantern-bay')).toMatchObject({ value: { id: ids.bank } });
      expect(await directory.registrar()).toMatchObject({ value: { id: ids.persons } });
      expect(await directory.organisation(ids.unknown)).toMatchObject(
        refused('directory.organisation-unknown'),
      );
      expect(await directory.organisationOfClient('nobody')).toMatchObject(
        refused('directory.client-unknown'),
      );
    }));

  test('a client may ask only for what its organisation is permitted', () =>
    withDirectory(async ({ directory }) => {
      const before = await directory.organisationOfClient('lantern-bay');
      expect(before.ok && before.value.clients[0]?.purposes).toEqual(['account-opening']);
      await approved(directory, 'purpose.permit', { purpose: 'loan-application' });
      const after = await directory.organisationOfClient('lantern-bay');
      expect(after.ok && after.value.clients[0]?.purposes).toEqual(['account-opening', 'loan-application']);
    }));

  test('purposes are what the city began with', () =>
    withDirectory(async ({ directory }) => {
      expect(await directory.purposes()).toEqual(purposes);
      expect(await directory.purpose('account-opening')).toMatchObject({ value: purposes[0] });
      expect(await directory.purpose('marketing')).toMatchObject(refused('directory.purpose-unknown'));
    }));

  test('organisations are searched in every language and read page by page', () =>
    withDirectory(async ({ directory }) => {
      const names = async (page: { search?: string; after?: string; limit: number }) =>
        (await directory.organisations(page)).map((one) => one.slug);
      expect(await names({ search: '燈灣', limit: 9 })).toEqual(['lantern-bay-bank']);
      expect(await names({ search: 'OFFICE', limit: 9 })).toEqual(['platform', 'persons-register']);
      expect(await names({ search: '%', limit: 9 })).toEqual([]);
      expect(await names({ limit: 1 })).toEqual(['platform']);
      expect(await names({ after: ids.operator, limit: 9 })).toEqual([
        'lantern-bay-bank',
        'persons-register',
      ]);
    }));

  test('a person has the offices that she was appointed to', () =>
    withDirectory(async ({ directory }) => {
      expect(await directory.officesOf(officers.bankMaker)).toEqual([
        { organisationId: ids.bank, roles: ['directory.maker'] },
      ]);
      expect(await directory.officesOf(officers.nobody)).toEqual([]);
    }));
}
