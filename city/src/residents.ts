import { type Address, drawHome, type Home } from './addresses.ts';
import { drawHousehold, householdSize, type Member } from './households.ts';
import { syntheticIdentityNumbers } from './identity-number.ts';
import type { PersonName, Sex } from './names.ts';
import { type Random, seededPermutation, seededRandom } from './random.ts';

/** The day on which the city's people have their ages, unless the caller names another. */
export const CITY_DAY = '2026-01-01';

/** A person may enrol, as she must hold an identity card, from this age. */
export const ENROLMENT_AGE = 11;

/** Who pays the rates of her home: she, another of the household, or the landlord. */
export type RatesPayer = 'self' | 'household' | 'landlord';

export type Resident = {
  id: string;
  /** As printed: `QZ123456(7)`. */
  identityNumber: string;
  name: PersonName;
  sex: Sex;
  /** `YYYY-MM-DD` */
  dateOfBirth: string;
  ageYears: number;
  mayEnrol: boolean;
  household: number;
  address: Address;
  /** E.164, from a block that no operator holds; null below the age of enrolment. */
  mobile: string | null;
  rates: { accountNumber: string; rateableValue: number; payer: RatesPayer };
};

export type ResidentsOptions = { count: number; seed: string; asOf?: string };

const HOUSEHOLD_DIGITS = 6;
const MOST_RESIDENTS = 1_000_000;

function dateOfBirth(random: Random, ageYears: number, asOf: string): string {
  const birthday = new Date(`${asOf}T00:00:00Z`);
  birthday.setUTCFullYear(birthday.getUTCFullYear() - ageYears);
  birthday.setUTCDate(birthday.getUTCDate() - random.between(1, 364));
  return birthday.toISOString().slice(0, 10);
}

/** Whole years from a date of birth to a day, both `YYYY-MM-DD`. */
export function ageOn(day: string, born: string): number {
  const years = Number(day.slice(0, 4)) - Number(born.slice(0, 4));
  return day.slice(5) < born.slice(5) ? years - 1 : years;
}

function ratesPayer(home: Home, rented: boolean, isHead: boolean): RatesPayer {
  if (home.tenure === 'public' || rented) return 'landlord';
  return isHead ? 'self' : 'household';
}

type Numbers = {
  identity: (index: number) => string;
  mobile: (index: number) => number;
  account: (household: number) => number;
};

function numbersOf(seed: string): Numbers {
  return {
    identity: syntheticIdentityNumbers(seed),
    mobile: seededPermutation(`${seed}/mobile`, 6),
    account: seededPermutation(`${seed}/rates-account`, HOUSEHOLD_DIGITS),
  };
}

type Settled = { household: number; home: Home; rented: boolean; members: readonly Member[]; random: Random };

function settle(seed: string, household: number): Settled {
  const random = seededRandom(`${seed}/household/${household}`);
  const members = drawHousehold(random, householdSize(household));
  return { household, home: drawHome(random), rented: random.below(10) < 3, members, random };
}

function moveIn(settled: Settled, member: Member, births: { asOf: string; first: boolean }) {
  const { household, home, rented, random } = settled;
  return {
    name: member.name,
    sex: member.sex,
    dateOfBirth: dateOfBirth(random, member.ageYears, births.asOf),
    ageYears: member.ageYears,
    mayEnrol: member.ageYears >= ENROLMENT_AGE,
    household,
    address: home.address,
    payer: ratesPayer(home, rented, births.first),
    rateableValue: home.rateableValue,
  };
}

/**
 * Synthetic people, household by household; at most a million.
 * The first `n` residents of a seed are the same however many are asked for.
 */
export function* residents(options: ResidentsOptions): Generator<Resident, void, undefined> {
  const { count, seed, asOf = CITY_DAY } = options;
  if (count > MOST_RESIDENTS) throw new RangeError(`A city has at most ${MOST_RESIDENTS} residents`);
  const numbers = numbersOf(seed);
  let index = 0;
  for (let household = 0; index < count; household++) {
    const settled = settle(seed, household);
    for (const [place, member] of settled.members.slice(0, count - index).entries()) {
      const { payer, rateableValue, ...person } = moveIn(settled, member, { asOf, first: place === 0 });
      yield {
        id: `resident-${index + 1}`,
        identityNumber: numbers.identity(index),
        ...person,
        mobile: person.mayEnrol ? `+85249${String(numbers.mobile(index)).padStart(6, '0')}` : null,
        rates: {
          accountNumber: `R99-${String(numbers.account(household)).padStart(HOUSEHOLD_DIGITS, '0')}`,
          rateableValue,
          payer,
        },
      };
      index++;
    }
  }
}
