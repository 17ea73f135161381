-- Links that are sent by mail, profiles with pictures, and the second factor.

-- The version is that of the profile; verified is an address whose mail was read.
ALTER TABLE person ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE person ADD COLUMN verified_at INTEGER;
ALTER TABLE person ADD COLUMN erased_at INTEGER;

CREATE TABLE account_link (
  hash TEXT PRIMARY KEY, -- of the token
  person TEXT NOT NULL REFERENCES person (id),
  kind TEXT NOT NULL, -- verify, reset, known
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;
CREATE INDEX account_link_person ON account_link (person, kind);

CREATE TABLE picture (
  person TEXT PRIMARY KEY REFERENCES person (id),
  type TEXT NOT NULL, -- image/png, image/jpeg
  data BLOB NOT NULL
) STRICT;

CREATE TABLE second_factor (
  person TEXT PRIMARY KEY REFERENCES person (id),
  secret BLOB NOT NULL, -- sealed with a key of the installation
  confirmed_at INTEGER, -- NULL: not yet, it is not asked for
  last_step INTEGER NOT NULL DEFAULT 0, -- of the clock; no code of it or of an earlier one is taken
  failures INTEGER NOT NULL DEFAULT 0, -- in a row
  wait_until INTEGER NOT NULL DEFAULT 0 -- nothing is tried before
) STRICT;

CREATE TABLE recovery_code (
  person TEXT NOT NULL REFERENCES person (id),
  hash TEXT NOT NULL,
  used_at INTEGER,
  PRIMARY KEY (person, hash)
) STRICT;

-- Between the password and the second factor.
CREATE TABLE sign_in_ticket (
  hash TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id),
  device TEXT NOT NULL,
  credential_version INTEGER NOT NULL,
  failures INTEGER NOT NULL DEFAULT 0,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_ticket_person ON sign_in_ticket (person);
