-- One row per act. It is done only with its salt and its proof: no acknowledged act is without evidence.
create table acts (
  id text primary key,
  kind text not null check (kind in ('exchange', 'preview', 'consent')),
  person_id text not null,
  client_id text,
  consent_id text,
  service text,
  outcome text not null check (outcome in ('pending', 'done', 'refused', 'failed')),
  code text,
  at timestamptz not null,
  settled_at timestamptz,
  consent_digest text,
  request_digest text,
  response_digest text,
  request_jws text,
  response_jws text,
  consent_text text,
  state_texts text[] not null default '{}',
  trust_text text,
  salt bytea,
  log_proof jsonb,
  check (outcome <> 'done' or (salt is not null and log_proof is not null and trust_text is not null)),
  check ((outcome = 'pending') = (settled_at is null))
);
create index acts_of_person on acts (person_id, id desc);
create index acts_of_consent on acts (consent_id, id desc);
create index acts_pending on acts (at) where outcome = 'pending';
create unique index one_act_per_agreement on acts (consent_id, consent_digest) where kind = 'consent';

-- Consent tokens, states and trust lists, each kept once under its digest.
create table texts (
  digest text primary key,
  text text not null
);

-- Uses of a consent, counted by one statement.
create table counters (
  consent_id text not null,
  service text not null,
  term text not null,
  count int not null check (count >= 0),
  primary key (consent_id, service, term)
);

-- Insert-only while they may be met: each request serves once.
create table spent_requests (
  client_id text not null,
  jti text not null,
  expires_at timestamptz not null,
  primary key (client_id, jti)
);
create index spent_requests_expired on spent_requests (expires_at);

-- The catalogue: what departments declared under their own signature.
create table declarations (
  provider text primary key,
  declared_at timestamptz not null,
  jws text not null
);
create table services (
  id text primary key,
  provider text not null references declarations,
  service jsonb not null,
  words text not null
);
create index services_of_provider on services (provider, id);
