import { type District, districts, type Region } from './addresses/districts.ts';
import { estateWords, streetWords } from './addresses/places.ts';
import { type Random, seededRandom } from './random.ts';

export type InTwo = { en: string; zh: string };

export type Tenure = 'public' | 'subsidised' | 'private';

/** A structured address. District and sub-district are real; estates, buildings and streets are invented. */
export type Address = {
  region: Region;
  district: { code: string; name: { en: string; 'zh-Hant': string; 'zh-Hans': string } };
  subDistrict: InTwo;
  estate: InTwo | null;
  street: { name: InTwo; number: string };
  /** The name of a building that stands alone; null inside an estate, which numbers its blocks. */
  building: InTwo | null;
  block: string | null;
  floor: string;
  unit: string;
  /** Three lines of at most 70 characters, as on an envelope. */
  lines: { en: [string, string, string]; zh: [string, string, string] };
};

export type Home = {
  address: Address;
  tenure: Tenure;
  /** Hong Kong dollars a year. */
  rateableValue: number;
};

const regions: Record<Region, InTwo> = {
  HK: { en: 'Hong Kong', zh: '香港' },
  KLN: { en: 'Kowloon', zh: '九龍' },
  NT: { en: 'New Territories', zh: '新界' },
};

const roads: readonly InTwo[] = [
  { en: 'Street', zh: '街' },
  { en: 'Road', zh: '道' },
];

const tenures = [
  { tenure: 'public', weight: 30, name: { en: 'Estate', zh: '邨' } },
  { tenure: 'subsidised', weight: 16, name: { en: 'Court', zh: '苑' } },
  { tenure: 'private', weight: 54, name: { en: 'Gardens', zh: '花園' } },
] as const;

/** Of two words for each district, those of this one: no two districts share an estate or a street. */
function wordsOf(words: readonly InTwo[], district: District): InTwo[] {
  const place = districts.indexOf(district);
  return words.filter((_, index) => index % districts.length === place);
}

function joined(words: readonly [InTwo, InTwo]): InTwo {
  return { en: `${words[0].en} ${words[1].en}`, zh: words[0].zh + words[1].zh };
}

function linesOf(address: Omit<Address, 'lines'>): Address['lines'] {
  const { street, floor, unit, block } = address;
  const named = address.estate ?? address.building;
  const region = regions[address.region];
  return {
    en: [
      [`Flat ${unit}`, `${floor}/F`, block === null ? null : `Block ${block}`]
        .filter((part) => part !== null)
        .join(', '),
      [named?.en, `${street.number} ${street.name.en}`].filter((part) => part !== undefined).join(', '),
      `${address.subDistrict.en}, ${region.en}`,
    ],
    zh: [
      region.zh + address.subDistrict.zh,
      `${street.name.zh}${street.number}號${named?.zh ?? ''}`,
      `${block === null ? '' : `${block}座`}${floor}樓${unit}室`,
    ],
  };
}

function drawBuilding(random: Random, district: District): InTwo | null {
  if (random.oneIn(2)) return null;
  return joined([random.pick(wordsOf(estateWords, district)), { en: 'Mansion', zh: '大廈' }]);
}

function drawAddress(random: Random, district: District, estate: InTwo | null): Address {
  const building = estate === null ? drawBuilding(random, district) : null;
  const named = estate ?? building;
  // A name always stands on the same site.
  const site = named === null ? random : seededRandom(`site/${named.en}`);
  const parts = {
    region: district.region,
    district: { code: district.code, name: district.name },
    subDistrict: site.pick(district.subDistricts),
    estate,
    street: {
      name: joined([site.pick(wordsOf(streetWords, district)), site.pick(roads)]),
      number: String(site.between(1, 180)),
    },
    building,
    block: estate === null ? null : String(random.between(1, 12)),
    floor: String(random.between(1, estate === null ? 18 : 38)),
    unit: random.pick(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H']),
  };
  return { ...parts, lines: linesOf(parts) };
}

/** Where a household lives. */
export function drawHome(random: Random): Home {
  const district = random.weighted(districts);
  const { tenure, name } = random.weighted(tenures);
  const inEstate = tenure !== 'private' || random.oneIn(2);
  const estate = inEstate ? joined([random.pick(wordsOf(estateWords, district)), name]) : null;
  const percent = tenure === 'public' ? random.between(30, 55) : random.between(60, 190);
  return {
    address: drawAddress(random, district, estate),
    tenure,
    rateableValue: Math.round((district.rateableValue * percent) / 100 / 120) * 120,
  };
}

/** Where a firm has its registered office. */
export function drawOffice(random: Random): Address {
  return drawAddress(random, random.weighted(districts), null);
}
