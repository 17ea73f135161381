-- Keys of organisations, for programs.

CREATE TABLE api_key (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES org (id),
  name TEXT NOT NULL,
  start TEXT NOT NULL, -- its first characters, to tell it by
  hash TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL, -- words with a space between
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX api_key_org ON api_key (org, id);
