create table organisations (
  id text primary key,
  slug text not null unique,
  kind text not null check (kind in ('operator', 'department', 'bank', 'university', 'company')),
  name jsonb not null,
  connector_url text,
  connector_registrar boolean not null default false,
  suspended_at timestamptz,
  check (connector_url is not null or not connector_registrar)
);
-- One register of persons.
create unique index one_registrar on organisations (connector_registrar) where connector_registrar;

create table clients (
  client_id text primary key,
  organisation_id text not null references organisations,
  redirect_uris text[] not null check (cardinality(redirect_uris) > 0),
  purposes text[] not null,
  events_uri text
);
create index clients_of_organisation on clients (organisation_id);

-- Never deleted: old evidence is checked with old keys.
create table keys (
  kid text primary key,
  organisation_id text not null references organisations,
  use text not null check (use in ('sig', 'enc')),
  jwk jsonb not null,
  thumbprint text not null unique,
  valid_from timestamptz not null,
  valid_until timestamptz not null check (valid_until > valid_from),
  revoked_at timestamptz
);
create index keys_of_organisation on keys (organisation_id);

create table officers (
  person_id text not null,
  organisation_id text not null references organisations,
  roles text[] not null check (cardinality(roles) > 0),
  primary key (person_id, organisation_id)
);

create table purposes (
  code text primary key,
  text jsonb not null,
  fields jsonb not null,
  max_per_day int not null check (max_per_day > 0),
  max_life_days int not null check (max_life_days > 0),
  max_retention_days int not null check (max_retention_days >= 0)
);

create table permits (
  organisation_id text not null references organisations,
  purpose text not null references purposes,
  primary key (organisation_id, purpose)
);

create table changes (
  id text primary key,
  kind text not null,
  organisation_id text,
  payload jsonb not null,
  state text not null check (state in ('proposed', 'approved', 'declined', 'withdrawn')),
  made_by text not null,
  made_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  reason text,
  check ((state = 'proposed') = (decided_at is null)),
  check (state not in ('approved', 'declined') or decided_by <> made_by),
  check (state <> 'withdrawn' or decided_by = made_by)
);
create index changes_by_state on changes (state, id desc);

-- Counts everything that takes effect; whoever makes it so holds this row until the commit.
create table revisions (
  only_one boolean primary key default true check (only_one),
  number bigint not null
);
insert into revisions (number) values (0);

create table trust_lists (
  sequence bigint primary key,
  digest text not null,
  issued_at timestamptz not null,
  jws text not null
);

create table audit (
  number bigint generated always as identity primary key,
  at timestamptz not null,
  who text not null,
  what text not null,
  organisation_id text,
  detail jsonb not null
);
create index audit_of_organisation on audit (organisation_id, number);

create function refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end
$$;
create trigger append_only before update or delete or truncate on audit
  for each statement execute function refuse_rewriting();
create trigger never_deleted before delete or truncate on keys
  for each statement execute function refuse_rewriting();
