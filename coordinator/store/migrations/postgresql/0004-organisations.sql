-- Teams, and invitations into an organisation.

CREATE TABLE team (
  id plain_text PRIMARY KEY,
  org plain_text NOT NULL REFERENCES org (id),
  name plain_text NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  UNIQUE (org, name)
);

ALTER TABLE org ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE member ADD COLUMN team plain_text;

CREATE TABLE org_invite (
  id plain_text PRIMARY KEY,
  org plain_text NOT NULL REFERENCES org (id),
  email plain_text NOT NULL, -- lower case
  role plain_text NOT NULL,
  team plain_text,
  token_hash plain_text NOT NULL UNIQUE,
  created_by plain_text NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  closed_at BIGINT -- used or revoked
);
CREATE INDEX org_invite_org ON org_invite (org, id);
