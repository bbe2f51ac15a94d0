import { type Address, drawOffice, type InTwo } from './addresses.ts';
import { companyName, MOST_COMPANIES } from './company-names.ts';
import { type Random, seededPermutation, seededRandom } from './random.ts';
import { ageOn, CITY_DAY, type Resident } from './residents.ts';

export type CompanyType = 'private-limited-by-shares' | 'public-limited-by-shares' | 'limited-by-guarantee';

export type CompanyStatus = 'live' | 'dormant' | 'dissolved';

export type Officer = {
  residentId: string;
  identityNumber: string;
  name: { en: string; zh: string | null };
  role: 'director' | 'secretary';
  /** `YYYY-MM-DD` */
  appointedOn: string;
  /** Ordinary shares that the officer holds. */
  shares: number;
};

export type Company = {
  id: string;
  /** Eight digits, from 99900000: numbers that the business register does not reach. See the README. */
  businessRegistrationNumber: string;
  name: InTwo;
  type: CompanyType;
  status: CompanyStatus;
  /** `YYYY-MM-DD` */
  incorporatedOn: string;
  registeredAddress: Address;
  /** Ordinary shares in issue; 0 for a company limited by guarantee. */
  issuedShares: number;
  /** One to five residents, all adults on the day of appointment; at most one is the secretary. */
  officers: readonly Officer[];
};

export type CompaniesOptions = { count: number; seed: string; residents: readonly Resident[]; asOf?: string };

const ADULT_AGE = 18;

const types = [
  { weight: 92, type: 'private-limited-by-shares' },
  { weight: 2, type: 'public-limited-by-shares' },
  { weight: 6, type: 'limited-by-guarantee' },
] as const;

const statuses = [
  { weight: 88, status: 'live' },
  { weight: 7, status: 'dormant' },
  { weight: 5, status: 'dissolved' },
] as const;

const boards = [
  { weight: 30, size: 1 },
  { weight: 34, size: 2 },
  { weight: 20, size: 3 },
  { weight: 10, size: 4 },
  { weight: 6, size: 5 },
] as const;

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
}

function latest(one: string, other: string): string {
  return one > other ? one : other;
}

/** The day after her eighteenth birthday, which exists in every year. */
function adultFrom(resident: Resident): string {
  const birthday = new Date(`${resident.dateOfBirth}T00:00:00Z`);
  birthday.setUTCFullYear(birthday.getUTCFullYear() + ADULT_AGE);
  birthday.setUTCDate(birthday.getUTCDate() + 1);
  return birthday.toISOString().slice(0, 10);
}

function drawBoard(random: Random, adults: readonly Resident[], first: Resident | undefined): Resident[] {
  const { size } = random.weighted(boards);
  const board = new Set(first === undefined ? [] : [first]);
  while (board.size < Math.min(size, adults.length)) board.add(random.pick(adults));
  return [...board];
}

function officersOf(
  random: Random,
  board: readonly Resident[],
  company: { founded: string; guarantee: boolean },
) {
  return board.map((resident, place): Officer => {
    const secretary = place > 0 && place === board.length - 1;
    return {
      residentId: resident.id,
      identityNumber: resident.identityNumber,
      name: { en: resident.name.en, zh: resident.name.zh },
      role: secretary ? 'secretary' : 'director',
      appointedOn: latest(company.founded, adultFrom(resident)),
      shares: company.guarantee || (secretary && random.oneIn(2)) ? 0 : random.between(1, 100) * 100,
    };
  });
}

function found(
  random: Random,
  adults: readonly Resident[],
  plan: { index: number; number: number; asOf: string },
) {
  const { type } = random.weighted(types);
  const guarantee = type === 'limited-by-guarantee';
  const first = plan.index === 0 ? adults[0] : undefined;
  const board = drawBoard(random, adults, first);
  const founded = board
    .slice(0, 1)
    .map(adultFrom)
    .reduce(latest, daysBefore(plan.asOf, random.between(30, 12_000)));
  const officers = officersOf(random, board, { founded, guarantee });
  return {
    id: `company-${plan.index + 1}`,
    businessRegistrationNumber: `999${String(plan.number).padStart(5, '0')}`,
    name: companyName(plan.index, guarantee),
    type,
    status: random.weighted(statuses).status,
    incorporatedOn: founded,
    registeredAddress: drawOffice(random),
    issuedShares: officers.reduce((sum, { shares }) => sum + shares, 0),
    officers,
  } satisfies Company;
}

/** Synthetic companies whose officers are residents; the first adult always directs the first company. */
export function companies(options: CompaniesOptions): Company[] {
  const { count, seed, residents, asOf = CITY_DAY } = options;
  if (count > MOST_COMPANIES) throw new RangeError(`A city has at most ${MOST_COMPANIES} companies`);
  const adults = residents.filter(({ dateOfBirth }) => ageOn(asOf, dateOfBirth) > ADULT_AGE);
  if (count > 0 && adults.length === 0) throw new RangeError('A company needs an adult resident');
  const number = seededPermutation(`${seed}/business-registration`, 5);
  return Array.from({ length: count }, (_, index) =>
    found(seededRandom(`${seed}/company/${index}`), adults, { index, number: number(index), asOf }),
  );
}
