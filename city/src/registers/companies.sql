-- The register of companies, and who their officers are.
create schema if not exists companies;

create table if not exists companies.companies (
  business_registration_number text primary key check (business_registration_number ~ '^[0-9]{8}$'),
  name_en         text not null,
  name_zh         text not null,
  type            text not null check (type in ('private-limited-by-shares', 'public-limited-by-shares', 'limited-by-guarantee')),
  status          text not null check (status in ('live', 'dormant', 'dissolved')),
  incorporated_on date not null,
  issued_shares   bigint not null check (issued_shares >= 0),
  district_code   text not null,
  line1_en        text not null,          -- registered office
  line2_en        text not null,
  line3_en        text not null,
  line1_zh        text not null,
  line2_zh        text not null,
  line3_zh        text not null
);

create table if not exists companies.officerships (
  identity_number text not null,          -- the officer, as printed on the card
  business_registration_number text not null references companies.companies,
  role            text not null check (role in ('director', 'secretary')),
  name_en         text not null,
  name_zh         text,
  appointed_on    date not null,
  shares          bigint not null check (shares >= 0),
  primary key (identity_number, business_registration_number, role)
);
