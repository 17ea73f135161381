-- Teams, and invitations into an organisation.

CREATE TABLE team (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES org (id),
  name TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  UNIQUE (org, name)
) STRICT;

ALTER TABLE org ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE member ADD COLUMN team TEXT;

CREATE TABLE org_invite (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES org (id),
  email TEXT NOT NULL, -- lower case
  role TEXT NOT NULL,
  team TEXT,
  token_hash TEXT NOT NULL UNIQUE,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  closed_at INTEGER -- used or revoked
) STRICT;
CREATE INDEX org_invite_org ON org_invite (org, id);
