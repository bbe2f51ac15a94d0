-- Rates and addresses: where each resident lives, and the rates account of that home.
create schema if not exists rates;

create table if not exists rates.accounts (
  identity_number  text primary key,      -- the resident, as printed on her card
  account_number   text not null,         -- shared by the household
  payer            text not null check (payer in ('self', 'household', 'landlord')),
  rateable_value   integer not null check (rateable_value > 0), -- Hong Kong dollars a year
  region           text not null check (region in ('HK', 'KLN', 'NT')),
  district_code    text not null,
  district_en      text not null,
  district_zh_hant text not null,
  district_zh_hans text not null,
  sub_district_en  text not null,
  sub_district_zh  text not null,
  estate_en        text,
  estate_zh        text,
  street_en        text not null,
  street_zh        text not null,
  street_number    text not null,
  building_en      text,
  building_zh      text,
  block            text,
  floor            text not null,
  unit             text not null,
  line1_en         text not null,         -- the same address as on an envelope
  line2_en         text not null,
  line3_en         text not null,
  line1_zh         text not null,
  line2_zh         text not null,
  line3_zh         text not null
);

create index if not exists accounts_account_number on rates.accounts (account_number);
