-- One row per consent. `state` is an index of the signed chain in `revisions`, never the truth itself.
create table consents (
  id text primary key,
  handle_hash bytea not null unique,
  client_id text not null,
  organisation_id text not null,
  detail jsonb not null,
  state text not null check (state in ('requested', 'active', 'paused', 'revoked', 'expired', 'refused')),
  person_id text,
  subjects jsonb,
  revision int not null default 0 check (revision >= 0),
  requested_at timestamptz not null,
  decided_at timestamptz,
  recorded_at timestamptz,
  expires_at timestamptz not null,
  check (revision = 0 or person_id is not null)
);
create index consents_of_person on consents (person_id, id desc);

-- Revision 1 is the consent token, each later one a signed state that names its predecessor's digest.
create table revisions (
  consent_id text not null references consents,
  revision int not null check (revision > 0),
  document jsonb not null,
  digest text not null,
  jws text not null,
  primary key (consent_id, revision)
);

-- A revocation outlives everything: also one that arrived before the consent was agreed to.
create table tombstones (
  consent_id text primary key references consents,
  by text not null check (by in ('citizen', 'recipient')),
  at timestamptz not null
);

-- Insert-only: each withdrawal statement serves once.
create table withdrawals (
  client_id text not null,
  jti text not null,
  at timestamptz not null,
  primary key (client_id, jti)
);

-- Who is to be told of a change, and when they said that they had heard.
create table deliveries (
  id text primary key,
  consent_id text not null references consents,
  organisation_id text not null,
  audience text not null,
  channel text not null check (channel in ('client', 'connector')),
  event text not null check (event in ('active', 'paused', 'resumed', 'revoked', 'expired')),
  at timestamptz not null,
  attempts int not null default 0,
  acknowledged_at timestamptz
);
create index deliveries_of_consent on deliveries (consent_id, id);
