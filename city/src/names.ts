import { givenSyllables } from './names/given-syllables.ts';
import { surnames } from './names/surnames.ts';
import { otherFamilies, westernNames } from './names/western-names.ts';
import type { Random } from './random.ts';

export type Sex = 'F' | 'M';

export type Surname = { en: string; zh: string | null };

export type PersonName = {
  /** `CHAN, Tai Man Peter`: surname, romanised given name, western given name. */
  en: string;
  /** In 繁體; null for a person who registered no Chinese name. */
  zh: string | null;
  surname: Surname;
  given: { en: string; zh: string | null };
  western: string | null;
};

/** One family in thirty-three has no Chinese name: forms must bear it. */
export function drawSurname(random: Random): Surname {
  if (random.oneIn(33)) return { en: random.pick(otherFamilies).surname, zh: null };
  const { en, zh } = random.weighted(surnames);
  return { en, zh };
}

function otherGiven(random: Random, surname: string, sex: Sex): string {
  const family = otherFamilies.find((candidate) => candidate.surname === surname);
  return random.pick(family?.given[sex] ?? westernNames[sex]);
}

function chineseGiven(random: Random, sex: Sex): { en: string; zh: string } {
  const fitting = givenSyllables.filter((syllable) => syllable.sex === sex || syllable.sex === 'any');
  const first = random.pick(fitting);
  if (random.oneIn(14)) return { en: first.en, zh: first.zh };
  const second = random.pick(fitting.filter((syllable) => syllable.zh !== first.zh));
  return { en: `${first.en} ${second.en}`, zh: first.zh + second.zh };
}

export function drawName(random: Random, surname: Surname, sex: Sex): PersonName {
  const family = surname.en.toUpperCase();
  if (surname.zh === null) {
    const given = otherGiven(random, surname.en, sex);
    return { en: `${family}, ${given}`, zh: null, surname, given: { en: given, zh: null }, western: null };
  }
  const given = chineseGiven(random, sex);
  const western = random.below(10) < 4 ? random.pick(westernNames[sex]) : null;
  return {
    en: [`${family}, ${given.en}`, western].filter((part) => part !== null).join(' '),
    zh: surname.zh + given.zh,
    surname,
    given,
    western,
  };
}
