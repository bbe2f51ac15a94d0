import { companies } from '@praya/city/companies';
import { demonstrationKey } from '@praya/city/demonstration-passkey';
import { type Resident, residents } from '@praya/city/residents';
import type { Role } from '@praya/directory/contract';
import type { LocalisedText } from '@praya/kernel/language';

/** A synthetic person who is enrolled from the start, with a software passkey that anybody may use. */
export type DemonstrationPerson = {
  readonly index: number;
  readonly resident: Resident;
  readonly office: {
    readonly organisation: 'platform' | 'persons-register' | 'companies-register' | 'rates-office';
    readonly roles: readonly Role[];
  } | null;
  readonly note: LocalisedText;
};

const CITIZENS = 24;
const ADULT_YEARS = 18;
const COMPANIES = 500;

const OFFICES: readonly Pick<DemonstrationPerson, 'office' | 'note'>[] = [
  {
    office: { organisation: 'persons-register', roles: ['counter.registrar'] },
    note: {
      en: 'Counter officer, Persons Register',
      'zh-Hant': '居民登記署櫃位人員',
      'zh-Hans': '居民登记署柜位人员',
    },
  },
  {
    office: { organisation: 'platform', roles: ['administrator', 'directory.maker'] },
    note: { en: 'Directory officer (maker)', 'zh-Hant': '名錄人員（提出）', 'zh-Hans': '名录人员（提出）' },
  },
  {
    office: { organisation: 'platform', roles: ['administrator', 'directory.checker'] },
    note: { en: 'Directory officer (checker)', 'zh-Hant': '名錄人員（覆核）', 'zh-Hans': '名录人员（复核）' },
  },
  {
    office: { organisation: 'companies-register', roles: ['notary'] },
    note: {
      en: 'Notary officer, Companies Register',
      'zh-Hant': '公司登記署存證人員',
      'zh-Hans': '公司登记署存证人员',
    },
  },
  {
    office: { organisation: 'rates-office', roles: ['notary'] },
    note: {
      en: 'Notary officer, Rates and Addresses',
      'zh-Hant': '差餉地址署存證人員',
      'zh-Hans': '差饷地址署存证人员',
    },
  },
];

const DIRECTOR: LocalisedText = { en: 'Directs a company', 'zh-Hant': '公司董事', 'zh-Hans': '公司董事' };
const RESIDENT: LocalisedText = { en: 'Resident', 'zh-Hant': '居民', 'zh-Hans': '居民' };

/** The demonstration people of a city: residents first, then one for each office. */
export function demonstrationPeople(about: {
  readonly seed: string;
  readonly residents: number;
}): readonly DemonstrationPerson[] {
  const everybody = [...residents({ count: about.residents, seed: about.seed })];
  const adults = everybody.filter((resident) => resident.ageYears >= ADULT_YEARS);
  const directors = new Set(
    companies({ count: COMPANIES, seed: about.seed, residents: everybody }).flatMap((company) =>
      company.officers.map((officer) => officer.identityNumber),
    ),
  );
  return adults.slice(0, CITIZENS + OFFICES.length).map((resident, index) => {
    const office = OFFICES[index - CITIZENS];
    const note = directors.has(resident.identityNumber) ? DIRECTOR : RESIDENT;
    return { index, resident, ...(office ?? { office: null, note }) };
  });
}

/** Her key. Whoever knows the seed of the city knows it, which is why production has none of this. */
export function demonstrationKeyOf(seed: string, person: DemonstrationPerson) {
  return demonstrationKey(seed, person.index);
}
