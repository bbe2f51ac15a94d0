import { readFileSync } from 'node:fs';
import type { Address } from './addresses.ts';
import type { Company } from './companies.ts';
import type { Resident } from './residents.ts';

export type Cell = string | number | null;

export type RegisterTable = {
  /** With its schema: `persons.residents`. */
  name: string;
  columns: readonly string[];
  /** Each as long as `columns` and in its order. Dates are `YYYY-MM-DD`. */
  rows: readonly (readonly Cell[])[];
};

/** Run `ddl`, then load `tables` in their order. `ddl` may be run again. */
export type Register = { ddl: string; tables: readonly RegisterTable[] };

function ddlOf(register: 'persons' | 'rates' | 'companies'): string {
  return readFileSync(new URL(`./registers/${register}.sql`, import.meta.url), 'utf8');
}

function table<Row extends Record<string, Cell>>(name: string, rows: readonly Row[]): RegisterTable {
  const columns = Object.keys(rows[0] ?? {});
  return { name, columns, rows: rows.map((row) => columns.map((column) => row[column] ?? null)) };
}

function linesOf({ lines }: Address) {
  return {
    line1_en: lines.en[0],
    line2_en: lines.en[1],
    line3_en: lines.en[2],
    line1_zh: lines.zh[0],
    line2_zh: lines.zh[1],
    line3_zh: lines.zh[2],
  };
}

function residentRow({ identityNumber, name, sex, dateOfBirth, mobile }: Resident) {
  return {
    identity_number: identityNumber,
    name_en: name.en,
    name_zh: name.zh,
    surname_en: name.surname.en,
    given_en: name.given.en,
    western_name: name.western,
    surname_zh: name.surname.zh,
    given_zh: name.given.zh,
    sex,
    date_of_birth: dateOfBirth,
    mobile,
  };
}

function accountRow({ identityNumber, rates, address }: Resident) {
  const { region, district, subDistrict, estate, street, building, block, floor, unit } = address;
  return {
    identity_number: identityNumber,
    account_number: rates.accountNumber,
    payer: rates.payer,
    rateable_value: rates.rateableValue,
    region,
    district_code: district.code,
    district_en: district.name.en,
    district_zh_hant: district.name['zh-Hant'],
    district_zh_hans: district.name['zh-Hans'],
    sub_district_en: subDistrict.en,
    sub_district_zh: subDistrict.zh,
    estate_en: estate?.en ?? null,
    estate_zh: estate?.zh ?? null,
    street_en: street.name.en,
    street_zh: street.name.zh,
    street_number: street.number,
    building_en: building?.en ?? null,
    building_zh: building?.zh ?? null,
    block,
    floor,
    unit,
    ...linesOf(address),
  };
}

function companyRow(company: Company) {
  return {
    business_registration_number: company.businessRegistrationNumber,
    name_en: company.name.en,
    name_zh: company.name.zh,
    type: company.type,
    status: company.status,
    incorporated_on: company.incorporatedOn,
    issued_shares: company.issuedShares,
    district_code: company.registeredAddress.district.code,
    ...linesOf(company.registeredAddress),
  };
}

function officershipRows({ businessRegistrationNumber, officers }: Company) {
  return officers.map(({ identityNumber, role, name, appointedOn, shares }) => ({
    identity_number: identityNumber,
    business_registration_number: businessRegistrationNumber,
    role,
    name_en: name.en,
    name_zh: name.zh,
    appointed_on: appointedOn,
    shares,
  }));
}

export function personsRegister(residents: readonly Resident[]): Register {
  return { ddl: ddlOf('persons'), tables: [table('persons.residents', residents.map(residentRow))] };
}

export function ratesRegister(residents: readonly Resident[]): Register {
  return { ddl: ddlOf('rates'), tables: [table('rates.accounts', residents.map(accountRow))] };
}

export function companiesRegister(companies: readonly Company[]): Register {
  return {
    ddl: ddlOf('companies'),
    tables: [
      table('companies.companies', companies.map(companyRow)),
      table('companies.officerships', companies.flatMap(officershipRows)),
    ],
  };
}
