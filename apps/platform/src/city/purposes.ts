import type { PurposeTemplate } from '@praya/directory/contract';

/** What the city's purposes may ask for at the most. */
export const purposes: readonly PurposeTemplate[] = [
  {
    code: 'account-opening',
    text: {
      en: 'Opening a bank account',
      'zh-Hant': '開立銀行戶口',
      'zh-Hans': '开立银行户口',
    },
    fields: {
      'persons.particulars': ['nameEn', 'nameZh', 'dateOfBirth', 'sex', 'mobile'],
      'rates.address': ['addressEn', 'addressZh', 'district', 'rateableValue'],
      'companies.directorships': ['directorships'],
    },
    maxPerDay: 10_000,
    maxLifeDays: 365,
    maxRetentionDays: 365,
  },
  {
    code: 'address-check',
    text: { en: 'Checking an address', 'zh-Hant': '核實地址', 'zh-Hans': '核实地址' },
    fields: {
      'persons.particulars': ['nameEn', 'nameZh'],
      'rates.address': ['addressEn', 'addressZh', 'district'],
    },
    maxPerDay: 4,
    maxLifeDays: 30,
    maxRetentionDays: 30,
  },
];
