import type { LocalisedText } from '@praya/kernel/language';

/** A data service as its department's connector declares it; the format is the connector's (docs/how-to/connect-a-register.md). */
export type DeclaredService = {
  readonly id: string;
  readonly title: LocalisedText;
  readonly description: LocalisedText;
  readonly source: { readonly table: string; readonly subjectColumn: string } | { readonly sql: string };
  readonly fields: readonly {
    readonly name: string;
    readonly column: string;
    readonly title: LocalisedText;
    readonly schema: object;
  }[];
};

const text = { type: 'string', minLength: 1, maxLength: 400 };
const textOrNone = { type: ['string', 'null'], maxLength: 400 };

const particulars: DeclaredService = {
  id: 'persons.particulars',
  title: { en: 'Personal particulars', 'zh-Hant': '個人資料', 'zh-Hans': '个人资料' },
  description: {
    en: 'Names, date of birth, sex and mobile number as registered.',
    'zh-Hant': '登記的姓名、出生日期、性別及手提電話號碼。',
    'zh-Hans': '登记的姓名、出生日期、性别及手提电话号码。',
  },
  source: { table: 'persons.residents', subjectColumn: 'identity_number' },
  fields: [
    field(['nameEn', 'name_en'], text, ['Name in English', '英文姓名', '英文姓名']),
    field(['nameZh', 'name_zh'], textOrNone, ['Name in Chinese', '中文姓名', '中文姓名']),
    field(['dateOfBirth', 'date_of_birth'], { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }, [
      'Date of birth',
      '出生日期',
      '出生日期',
    ]),
    field(['sex', 'sex'], { enum: ['F', 'M'] }, ['Sex', '性別', '性别']),
    field(['mobile', 'mobile'], textOrNone, ['Mobile number', '手提電話號碼', '手提电话号码']),
  ],
};

const address: DeclaredService = {
  id: 'rates.address',
  title: { en: 'Registered address', 'zh-Hant': '登記地址', 'zh-Hans': '登记地址' },
  description: {
    en: 'The home address of the rates record and its rateable value.',
    'zh-Hant': '差餉紀錄中的住址及應課差餉租值。',
    'zh-Hans': '差饷记录中的住址及应课差饷租值。',
  },
  source: {
    sql: `select concat_ws(', ', nullif(line1_en, ''), nullif(line2_en, ''), nullif(line3_en, '')) as address_en,
      concat(line1_zh, line2_zh, line3_zh) as address_zh,
      district_code, district_en, rateable_value from rates.accounts where identity_number = $1`,
  },
  fields: [
    field(['addressEn', 'address_en'], text, ['Address in English', '英文地址', '英文地址']),
    field(['addressZh', 'address_zh'], text, ['Address in Chinese', '中文地址', '中文地址']),
    field(['district', 'district_en'], text, ['District', '地區', '地区']),
    field(['rateableValue', 'rateable_value'], { type: 'integer', minimum: 0 }, [
      'Rateable value (HK$ a year)',
      '應課差餉租值（每年港元）',
      '应课差饷租值（每年港元）',
    ]),
  ],
};

const directorship = {
  type: 'object',
  properties: { company: text, companyZh: textOrNone, number: text, role: text, since: text },
  additionalProperties: false,
};

const directorships: DeclaredService = {
  id: 'companies.directorships',
  title: { en: 'Company offices', 'zh-Hant': '公司職務', 'zh-Hans': '公司职务' },
  description: {
    en: 'The companies of which a person is a director or the secretary.',
    'zh-Hant': '擔任董事或秘書的公司。',
    'zh-Hans': '担任董事或秘书的公司。',
  },
  source: {
    sql: `select coalesce(json_agg(json_build_object('company', company.name_en, 'companyZh', company.name_zh,
        'number', company.business_registration_number, 'role', office.role,
        'since', office.appointed_on::text) order by company.name_en), '[]'::json) as directorships
      from companies.officerships office join companies.companies company using (business_registration_number)
      where office.identity_number = $1`,
  },
  fields: [
    field(['directorships', 'directorships'], { type: 'array', items: directorship, maxItems: 100 }, [
      'Offices in companies',
      '公司職務',
      '公司职务',
    ]),
  ],
};

/** The services of each register. */
export const servicesOf: Readonly<Record<'persons' | 'rates' | 'companies', readonly DeclaredService[]>> = {
  persons: [particulars],
  rates: [address],
  companies: [directorships],
};

function field(
  where: readonly [name: string, column: string],
  schema: object,
  titles: readonly [string, string, string],
) {
  const [name, column] = where;
  const [en, hant, hans] = titles;
  return { name, column, title: { en, 'zh-Hant': hant, 'zh-Hans': hans }, schema };
}
