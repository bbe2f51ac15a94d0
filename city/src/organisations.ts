export type OrganisationKind = 'operator' | 'department' | 'bank';

export type RegisterName = 'persons' | 'rates' | 'companies';

export type CityOrganisation = {
  /** Never changes; what configuration and tests refer to. */
  slug: string;
  kind: OrganisationKind;
  /** The register that the department keeps; null for an organisation that keeps none. */
  register: RegisterName | null;
  name: { en: string; 'zh-Hant': string; 'zh-Hans': string };
  /** Two or three words for a narrow screen. */
  shortName: { en: string; 'zh-Hant': string; 'zh-Hans': string };
};

/** Invented: no government office and no bank bears these names. */
export const organisations = {
  platform: {
    slug: 'platform',
    kind: 'operator',
    register: null,
    name: { en: 'Praya Digital Office', 'zh-Hant': '海旁數碼署', 'zh-Hans': '海旁数码署' },
    shortName: { en: 'Praya', 'zh-Hant': '海旁', 'zh-Hans': '海旁' },
  },
  persons: {
    slug: 'persons-register',
    kind: 'department',
    register: 'persons',
    name: { en: 'Office of the Persons Register', 'zh-Hant': '居民登記署', 'zh-Hans': '居民登记署' },
    shortName: { en: 'Persons Register', 'zh-Hant': '居民登記', 'zh-Hans': '居民登记' },
  },
  rates: {
    slug: 'rates-office',
    kind: 'department',
    register: 'rates',
    name: { en: 'Office of Rates and Addresses', 'zh-Hant': '差餉地址署', 'zh-Hans': '差饷地址署' },
    shortName: { en: 'Rates and Addresses', 'zh-Hant': '差餉地址', 'zh-Hans': '差饷地址' },
  },
  companies: {
    slug: 'companies-register',
    kind: 'department',
    register: 'companies',
    name: { en: 'Office of the Companies Register', 'zh-Hant': '公司登記署', 'zh-Hans': '公司登记署' },
    shortName: { en: 'Companies Register', 'zh-Hant': '公司登記', 'zh-Hans': '公司登记' },
  },
  bank: {
    slug: 'lantern-bay-bank',
    kind: 'bank',
    register: null,
    name: { en: 'Lantern Bay Bank', 'zh-Hant': '燈灣銀行', 'zh-Hans': '灯湾银行' },
    shortName: { en: 'Lantern Bay', 'zh-Hant': '燈灣', 'zh-Hans': '灯湾' },
  },
} as const satisfies Record<string, CityOrganisation>;
