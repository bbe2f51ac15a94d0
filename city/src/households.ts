import { drawName, drawSurname, type PersonName, type Sex } from './names.ts';
import type { Random } from './random.ts';

export type Member = { name: PersonName; sex: Sex; ageYears: number };

/** Ten households of twenty-seven people: 2.7 to a household, as in the census. */
const SIZES = [3, 2, 4, 1, 3, 2, 5, 1, 4, 2] as const;

const OLDEST = 100;

const headAges = {
  alone: [
    { weight: 30, from: 24, to: 44 },
    { weight: 32, from: 45, to: 64 },
    { weight: 48, from: 65, to: 96 },
  ],
  couple: [
    { weight: 25, from: 25, to: 44 },
    { weight: 35, from: 45, to: 64 },
    { weight: 48, from: 65, to: 92 },
  ],
  parents: [
    { weight: 48, from: 30, to: 46 },
    { weight: 36, from: 47, to: 60 },
    { weight: 16, from: 61, to: 78 },
  ],
  between: [{ weight: 1, from: 32, to: 62 }],
};

export function householdSize(household: number): number {
  return SIZES[household % SIZES.length] ?? 1;
}

function drawAge(random: Random, size: number): number {
  const ages = [headAges.alone, headAges.couple, headAges.parents, headAges.parents, headAges.between];
  const { from, to } = random.weighted(ages[size - 1] ?? headAges.alone);
  return random.between(from, to);
}

function otherSex(sex: Sex): Sex {
  return sex === 'F' ? 'M' : 'F';
}

function drawSex(random: Random): Sex {
  return random.below(100) < 52 ? 'F' : 'M';
}

function drawPartner(random: Random, head: Member): Member {
  const sex = otherSex(head.sex);
  const surname = head.name.zh === null ? head.name.surname : drawSurname(random);
  const ageYears = Math.max(22, Math.min(OLDEST, head.ageYears + random.between(-5, 5)));
  return { name: drawName(random, surname, sex), sex, ageYears };
}

function drawChild(random: Random, parents: readonly [Member, Member]): Member {
  const sex = drawSex(random);
  const father = parents.find((parent) => parent.sex === 'M') ?? parents[0];
  const younger = Math.min(...parents.map((parent) => parent.ageYears));
  const ageYears = younger - random.between(20, Math.min(38, younger));
  return { name: drawName(random, father.name.surname, sex), sex, ageYears };
}

function drawGrandparent(random: Random, head: Member): Member {
  const sex = random.below(3) === 0 ? 'M' : 'F';
  const surname = sex === 'M' || head.name.zh === null ? head.name.surname : drawSurname(random);
  const ageYears = Math.min(OLDEST, head.ageYears + random.between(21, 35));
  return { name: drawName(random, surname, sex), sex, ageYears };
}

/** Who lives together, the head of the household first: alone, a couple, or parents with children and one elder. */
export function drawHousehold(random: Random, size: number): Member[] {
  const sex = drawSex(random);
  const head = { name: drawName(random, drawSurname(random), sex), sex, ageYears: drawAge(random, size) };
  if (size === 1) return [head];
  const partner = drawPartner(random, head);
  const children = Array.from({ length: Math.min(2, size - 2) }, () => drawChild(random, [head, partner]));
  const elders = size === 5 ? [drawGrandparent(random, head)] : [];
  return [head, partner, ...children, ...elders];
}
