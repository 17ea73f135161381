-- Keys of organisations, for programs.

CREATE TABLE api_key (
  id plain_text PRIMARY KEY,
  org plain_text NOT NULL REFERENCES org (id),
  name plain_text NOT NULL,
  start plain_text NOT NULL, -- its first characters, to tell it by
  hash plain_text NOT NULL UNIQUE,
  scopes plain_text NOT NULL, -- words with a space between
  created_by plain_text NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  revoked_at BIGINT
);
CREATE INDEX api_key_org ON api_key (org, id);
