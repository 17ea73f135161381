-- Runners as site administrators see them: an id for addresses, which of them take no new programs, and
-- what each coordinator says of those that are connected to it.

ALTER TABLE runner ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE runner ADD COLUMN draining_at INTEGER;
ALTER TABLE runner ADD COLUMN seen_at INTEGER;
UPDATE runner SET id =
lower (hex (randomblob (4)) || '-' || hex (randomblob (2)) || '-4' || substr (hex (randomblob (2)), 2) || '-a' ||
substr (hex (randomblob (2)), 2) || '-' || hex (randomblob (6)));
CREATE UNIQUE INDEX runner_id ON runner (id);

CREATE TABLE runner_link (
  node TEXT NOT NULL, -- the coordinator; '' = the only one
  runner TEXT NOT NULL, -- its name
  slots INTEGER NOT NULL,
  busy INTEGER NOT NULL, -- with programs of this coordinator
  version TEXT NOT NULL,
  note TEXT NOT NULL, -- '' = none
  languages TEXT NOT NULL, -- JSON
  PRIMARY KEY (node, runner)
) STRICT;
