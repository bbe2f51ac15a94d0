-- The passkeys of each person, certified at the counter or by one of her passkeys before.
create table citizen_keys (
  thumbprint      text not null,
  identity_number text not null,
  jwk             jsonb not null,
  added_at        timestamptz not null,
  removed_at      timestamptz
);
create unique index citizen_keys_active on citizen_keys (thumbprint) where removed_at is null;
create index citizen_keys_person on citizen_keys (identity_number);

-- A person whom an officer looked up, for ten minutes.
create table lookups (
  id              text primary key,
  identity_number text not null,
  reply_to        jsonb not null,
  expires_at      timestamptz not null
);

-- Enrolment codes. The first four characters find the row; the rest is only kept as a keyed hash.
create table enrolments (
  id              text primary key,
  locator         text not null,
  salt            text not null,
  code_hash       text not null,
  identity_number text not null,
  expires_at      timestamptz not null,
  attempts        integer not null default 0,
  redeemed_at     timestamptz
);
create unique index enrolments_locator on enrolments (locator);
