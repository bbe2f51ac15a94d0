-- What is notarised. Erasing empties a row; it stays, so that its code still says what became of it.
create table records (
  id text primary key,
  code text not null unique,
  organisation text not null,
  kind text not null check (kind in ('file', 'folder', 'licence', 'approval')),
  title text,
  reference text,
  holder text,
  digest text,
  -- what the digest is of, where nobody brought one
  content jsonb,
  manifest jsonb,
  files int not null default 0,
  valid_from timestamptz,
  valid_until timestamptz,
  disclose text not null check (disclose in ('status', 'title')),
  -- the organisations that approve, in order
  steps text[],
  -- how many statements have a place on the log; the newest of them and from when it counts
  revision int not null default 0 check (revision >= 0),
  stated text not null default 'pending',
  effective_from timestamptz,
  created_at timestamptz not null,
  erased_at timestamptz,
  check (erased_at is null or (title is null and reference is null and holder is null and digest is null
    and content is null and manifest is null))
);
create index records_of_organisation on records (organisation, id desc);
create index records_of_digest on records (digest, id desc) where digest is not null;
create index records_waiting on records ((steps[revision]), id) where stated = 'pending' and revision > 0;

-- Every change of a record. Insert-only, but for the place on the log, which comes once, and for erasure.
create table statements (
  record text not null references records,
  revision int not null check (revision >= 1),
  issuer text not null,
  state text not null check (state in ('pending', 'active', 'suspended', 'revoked', 'rejected')),
  reason text,
  at timestamptz not null,
  effective_from timestamptz,
  digest text,
  previous text,
  -- COSE_Sign1; its salt makes the entry a commitment
  statement bytea,
  entry bytea not null check (octet_length(entry) = 32),
  tenant text not null,
  origin text,
  index bigint,
  primary key (record, revision),
  check ((origin is null) = (index is null)),
  -- what has no place yet must still be there to get one
  check (origin is not null or statement is not null)
);
create index statements_without_place on statements (at) where origin is null;
create unique index statements_place on statements (origin, index) where origin is not null;

-- Who of the office did what. Insert-only, and seen by nobody outside.
create table actions (
  id bigint generated always as identity primary key,
  organisation text not null,
  person text,
  client text,
  action text not null,
  subject text,
  reason text,
  at timestamptz not null,
  check ((person is null) <> (client is null))
);
create index actions_of_subject on actions (subject, id);

-- Idempotency-Keys: what a key did, so that its repetition does nothing again.
create table repetitions (
  organisation text not null,
  actor text not null,
  key text not null,
  body_hash text not null,
  subject text not null,
  at timestamptz not null,
  primary key (organisation, actor, key)
);
create index repetitions_at on repetitions (at);

create table bulks (
  id text primary key,
  organisation text not null,
  person text,
  client text,
  total int not null check (total > 0),
  created_at timestamptz not null
);

-- One row each. `item` goes once the row is a record; a row that cannot be one has a code.
create table bulk_rows (
  bulk text not null references bulks,
  row int not null check (row >= 1),
  item jsonb,
  record text references records,
  code text,
  field text,
  rule text,
  primary key (bulk, row),
  check (num_nonnulls(item, record, code) = 1)
);
create index bulk_rows_waiting on bulk_rows (bulk, row) where item is not null;
create index bulk_rows_of_record on bulk_rows (record) where record is not null;

-- Organisations whose statements go to a log of their own.
create table own_logs (
  organisation text primary key,
  tenant text not null unique,
  origin text not null,
  opened_at timestamptz not null
);
