-- What must outlive a crash. Payloads are sealed; keys are hashes, so a copy of this table opens nothing.
create table grants (
  key bytea primary key,
  consent_id text,
  sealed bytea not null,
  expires_at timestamptz not null
);
create index grants_of_consent on grants (consent_id) where consent_id is not null;
create index grants_by_expiry on grants (expires_at);

create table refresh_tokens (
  key bytea primary key,
  grant_key bytea not null,
  sealed bytea not null,
  consumed_at timestamptz,
  expires_at timestamptz not null
);
create index refresh_tokens_of_grant on refresh_tokens (grant_key);
create index refresh_tokens_by_expiry on refresh_tokens (expires_at);

-- What lives for minutes or hours. The partitions are unlogged, made ahead by time and dropped whole; see store/partitions.ts.
create table moments (
  key bytea not null,
  bucket int not null,
  sealed bytea not null,
  grant_key bytea,
  consumed_at timestamptz,
  expires_at timestamptz not null,
  primary key (key, bucket)
) partition by range (bucket);
create index moments_of_grant on moments (grant_key) where grant_key is not null;

create table sessions (
  key bytea not null,
  bucket int not null,
  uid_key bytea not null,
  sealed bytea not null,
  expires_at timestamptz not null,
  primary key (key, bucket)
) partition by range (bucket);
create index sessions_by_uid on sessions (uid_key);

-- What was used once and may not be used again: only ever inserted.
create table replays (
  key bytea not null,
  bucket int not null,
  primary key (key, bucket)
) partition by range (bucket);

-- PostgreSQL empties unlogged tables after a crash. This row goes with them, so its absence says that replays were forgotten.
create unlogged table epoch (
  one boolean primary key default true check (one),
  id text not null,
  started_at timestamptz not null
);

-- Every epoch there has been; the first one has nothing to forget.
create table epochs (
  id text primary key,
  started_at timestamptz not null
);
