-- The newest trust list, so that its sequence never goes back.
create table trust_list (
  only_one boolean primary key default true check (only_one),
  sequence bigint not null,
  jws      text not null
);

-- What was used once. A row is only ever inserted, and forgotten when what it names has expired by itself.
create table replays (
  maker text not null,
  id    text not null,
  until timestamptz not null,
  primary key (maker, id)
);
create index replays_until on replays (until);

-- The newest signed state that was seen of a consent; it never goes back.
create table consent_states (
  consent_id text primary key,
  revision   integer not null,
  digest     text not null,
  state      text not null
);

-- What the platform told of a consent. Whoever was told "revoked" refuses from then on, whatever a gateway says.
create table consent_events (
  consent_id text primary key,
  state      text not null check (state in ('active', 'paused', 'revoked', 'expired')),
  at         timestamptz not null
);

-- Which fields were disclosed under which consent, and when. Never to whom they belong, and no value.
create table disclosures (
  act        text primary key,
  kind       text not null check (kind in ('exchange', 'preview')),
  consent_id text not null,
  service    text not null,
  fields     text[] not null,
  at         timestamptz not null
);
create index disclosures_consent on disclosures (consent_id, service);
