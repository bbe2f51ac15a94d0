-- Signing keys of one room. The private half is sealed under the master key; see keyring.ts.
create table signing_keys (
  kid text primary key,
  purpose text not null,
  algorithm text not null check (algorithm in ('ES256', 'EdDSA')),
  state text not null check (state in ('next', 'current', 'retired', 'revoked')),
  public_jwk jsonb not null,
  sealed_private bytea not null,
  valid_from timestamptz not null,
  valid_until timestamptz not null,
  revoked_at timestamptz,
  check ((state = 'revoked') = (revoked_at is not null))
);

-- Two processes that make the first key, or rotate, at the same time: one of them wins.
create unique index one_current_key on signing_keys (purpose) where state = 'current';
create unique index one_next_key on signing_keys (purpose) where state = 'next';
