/** Written into the file's head, so that another program's database is not taken for a state. */
export const APPLICATION_ID = 0x70777431;
export const FORMAT = 1;

/**
 * `logs.seal` is a digest of its row; `witness.total` is the XOR of all seals, so that a row that is lost is
 * missed. They find accidents: who can write the file on purpose can also read the keys.
 */
export const SCHEMA = `
create table witness (
  id integer primary key check (id = 1),
  keys text not null,
  total blob not null
) strict;
create table logs (
  origin text primary key,
  vkey text not null,
  listed integer not null check (listed in (0, 1)),
  size integer not null check (size >= 0),
  root blob check (length(root) = 32),
  timestamp integer not null check (timestamp >= 0),
  note text,
  seal blob not null
) strict, without rowid;
`;
