-- The log is one Merkle tree (RFC 6962). `heads` has one row; who appends holds its lock until the commit.
create table heads (
  only_one boolean primary key default true check (only_one),
  size bigint not null check (size >= 0),
  root bytea not null check (octet_length(root) = 32),
  -- the right edge: one hash for each one-bit of the size, the largest subtree first
  frontier bytea not null check (octet_length(frontier) = 32 * bit_count(size::bit(64)))
);
insert into heads (size, root, frontier) values (0, sha256(''), '');

-- Insert-only. A commitment is salted, so equal ones are a retry: the second gets the place of the first.
create table entries (
  index bigint primary key check (index >= 0),
  commitment bytea not null unique check (octet_length(commitment) = 32)
);

-- Hashes of the tree, 256 to a tile; a tile only ever grows at its end.
create table tiles (
  level smallint not null check (level between 0 and 7),
  index bigint not null check (index >= 0),
  hashes bytea not null check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
  primary key (level, index)
);
-- hashes do not compress
alter table tiles alter column hashes set storage external;
