import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CityProcess } from '@praya/city/play/city-process';
import { type Resident, residents } from '@praya/city/residents';

// The first adults of a city have demonstration passkeys; who comes after them has none yet.
const WITH_PASSKEY = 60;
const ADULT_YEARS = 18;

type Listed = { readonly nameEn: string; readonly office: boolean; readonly note: { readonly en: string } };

/** The English name of a demonstration person: by place among the residents, or by her office. */
export async function demonstrationName(
  origin: string,
  who: number | 'counter' | 'maker' | 'checker' | 'notary' | 'notary officer, rates',
): Promise<string> {
  const answer = await fetch(`${origin}/api/demonstration/residents`);
  const { items } = (await answer.json()) as { items: readonly Listed[] };
  const one =
    typeof who === 'number'
      ? items.filter(({ office }) => !office)[who]
      : items.find(({ office, note }) => office && note.en.toLowerCase().includes(who));
  if (one === undefined) throw new Error(`There is no demonstration person ${who}`);
  return one.nameEn;
}

/** What the registers hold about a resident: by her place among the demonstration people. */
export function residentOf(city: CityProcess, place: number): Resident {
  return adultOf(city, place);
}

/** A resident who has no passkey yet; every place is another person. */
export function newcomerOf(city: CityProcess, place = 0): Resident {
  return adultOf(city, WITH_PASSKEY + place);
}

function adultOf(city: CityProcess, place: number): Resident {
  const { residents: count, seed } = JSON.parse(readFileSync(join(city.dataDirectory, 'city.json'), 'utf8'));
  const one = [...residents({ count, seed })].filter(({ ageYears }) => ageYears >= ADULT_YEARS)[place];
  if (one === undefined) throw new Error(`The city has no adult at place ${place}`);
  return one;
}
