-- A person is a number and a handle that only the register of persons can open. No name, no card number.
create table persons (
  id text primary key,
  register_handle text not null,
  created_at timestamptz not null
);

create table passkeys (
  id text primary key,
  person_id text not null references persons (id),
  credential_id text not null unique,
  thumbprint text not null,
  public_key jsonb not null,
  cose bytea not null,
  counter bigint not null,
  backed_up boolean not null,
  name text not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  removed_at timestamptz
);
create index passkeys_of_person on passkeys (person_id) where removed_at is null;
