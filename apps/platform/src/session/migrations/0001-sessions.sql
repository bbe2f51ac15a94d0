-- Signed-in browsers of the portal. The token itself is only in the cookie; here is its hash.
create table sessions (
  token_hash bytea primary key,
  id text not null unique,
  person_id text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_by_person on sessions (person_id) where ended_at is null;
create index sessions_by_expiry on sessions (expires_at);

-- Sign-ins under way: what must come back with the answer. Each is taken once.
create table sign_ins (
  state_hash bytea primary key,
  code_verifier text not null,
  nonce text not null,
  return_to text not null,
  expires_at timestamptz not null
);
create index sign_ins_by_expiry on sign_ins (expires_at);
