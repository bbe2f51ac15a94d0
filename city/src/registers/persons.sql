-- The register of persons: one row for each resident, whatever her age.
create schema if not exists persons;

create table if not exists persons.residents (
  identity_number text primary key,       -- as printed on the card: QZ123456(7)
  name_en         text not null,          -- CHAN, Tai Man Peter
  name_zh         text,                   -- 繁體; null where no Chinese name is registered
  surname_en      text not null,
  given_en        text not null,          -- romanised given name, without the western one
  western_name    text,
  surname_zh      text,
  given_zh        text,
  sex             text not null check (sex in ('F', 'M')),
  date_of_birth   date not null,
  mobile          text unique             -- E.164; null below the age of enrolment
);
