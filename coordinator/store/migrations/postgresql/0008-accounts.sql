-- Links that are sent by mail, profiles with pictures, and the second factor.

-- The version is that of the profile; verified is an address whose mail was read.
ALTER TABLE person ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE person ADD COLUMN verified_at BIGINT;
ALTER TABLE person ADD COLUMN erased_at BIGINT;

CREATE TABLE account_link (
  hash plain_text PRIMARY KEY, -- of the token
  person plain_text NOT NULL REFERENCES person (id),
  kind plain_text NOT NULL, -- verify, reset, known
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX account_link_person ON account_link (person, kind);

CREATE TABLE picture (
  person plain_text PRIMARY KEY REFERENCES person (id),
  type plain_text NOT NULL, -- image/png, image/jpeg
  data BYTEA NOT NULL
);

CREATE TABLE second_factor (
  person plain_text PRIMARY KEY REFERENCES person (id),
  secret BYTEA NOT NULL, -- sealed with a key of the installation
  confirmed_at BIGINT, -- NULL: not yet, it is not asked for
  last_step BIGINT NOT NULL DEFAULT 0, -- of the clock; no code of it or of an earlier one is taken
  failures BIGINT NOT NULL DEFAULT 0, -- in a row
  wait_until BIGINT NOT NULL DEFAULT 0 -- nothing is tried before
);

CREATE TABLE recovery_code (
  person plain_text NOT NULL REFERENCES person (id),
  hash plain_text NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (person, hash)
);

-- Between the password and the second factor.
CREATE TABLE sign_in_ticket (
  hash plain_text PRIMARY KEY,
  person plain_text NOT NULL REFERENCES person (id),
  device plain_text NOT NULL,
  credential_version BIGINT NOT NULL,
  failures BIGINT NOT NULL DEFAULT 0,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_ticket_person ON sign_in_ticket (person);
