-- A tenant's log is a row of shards, one per half-year; each shard is a log of its own to the world, known by its origin.
-- `2026h2-1` is the successor of a shard that had to end early.
create table logs (
  origin text primary key check (octet_length(origin) between 1 and 255),
  tenant text not null check (tenant ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  shard text not null check (shard ~ '^[0-9]{4}h[12](-[1-9][0-9]{0,2})?$'),
  -- the organisation whose programs may append; null: only rooms of this platform
  owner text,
  opened_at timestamptz not null,
  -- a newer shard has taken over; nothing is appended any more
  closed_at timestamptz,
  unique (tenant, shard)
);
create unique index logs_open on logs (tenant) where closed_at is null;

-- Who gives places, and how many are given. `epoch` rises with each new holder: what an earlier one still sends is refused.
create table sequences (
  origin text primary key references logs,
  epoch bigint not null default 0,
  holder text,
  leased_until timestamptz not null default '-infinity',
  size bigint not null default 0 check (size >= 0),
  -- the start of this database server for which the witnesses have confirmed that no later state is known
  confirmed_for timestamptz,
  -- why the log does not go on, until somebody mends it
  halted text
);

-- Batches as they were acknowledged, in order. Kept until they are in tiles and out of the window of repeats.
create table journal (
  -- no reference to lock with every batch: rows come only by way of the row in `sequences`
  origin text not null,
  first bigint not null check (first >= 0),
  -- one leaf hash of 32 bytes after the other
  leaves bytea not null check (octet_length(leaves) > 0 and octet_length(leaves) % 32 = 0),
  -- C2SP entry bundle: each entry behind its length, a big-endian uint16
  entries bytea not null,
  primary key (origin, first)
);
alter table journal alter column leaves set storage external;
alter table journal alter column entries set storage external;

-- Entries that a process hands to the holder of the lease, and the places they got. A row goes when its sender has read it.
create table submissions (
  id bigint generated always as identity primary key,
  origin text not null,
  sender text not null,
  leaves bytea not null,
  entries bytea not null,
  places bigint[],
  created_at timestamptz not null default now()
);
create index submissions_waiting on submissions (origin, id) where places is null;
alter table submissions alter column leaves set storage external;
alter table submissions alter column entries set storage external;

-- How far the journal is in tiles, and the right edge there; and what of it the world may see.
create table trees (
  origin text primary key references logs,
  size bigint not null default 0 check (size >= 0),
  root bytea not null default sha256('') check (octet_length(root) = 32),
  -- the right edge: one hash for each one-bit of the size, the largest subtree first
  frontier bytea not null default '' check (octet_length(frontier) = 32 * bit_count(size::bit(64))),
  published_size bigint not null default 0 check (published_size between 0 and size),
  -- the cosigned checkpoint; null until the first
  published text,
  published_at timestamptz
);

-- Every checkpoint that was published. Insert-only.
create table checkpoints (
  origin text not null references logs,
  size bigint not null,
  root bytea not null check (octet_length(root) = 32),
  note text not null,
  published_at timestamptz not null,
  primary key (origin, size)
);

-- What the log last heard of each witness.
create table witness_views (
  origin text not null references logs,
  witness text not null,
  size bigint not null default 0,
  cosigned_at timestamptz,
  -- the last answer that was no cosignature, by its code; null while all is well
  trouble text,
  asked_at timestamptz not null,
  primary key (origin, witness)
);

-- Tiles and entry bundles, where PostgreSQL keeps them. Level −1 is the entry bundles. A row only grows at its end.
create table tile_files (
  origin text not null,
  level smallint not null check (level between -1 and 63),
  index bigint not null check (index >= 0),
  width smallint not null check (width between 1 and 256),
  bytes bytea not null,
  primary key (origin, level, index)
);
alter table tile_files alter column bytes set storage external;
