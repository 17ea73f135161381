-- Runners as site administrators see them: an id for addresses, which of them take no new programs, and
-- what each coordinator says of those that are connected to it.

ALTER TABLE runner ADD COLUMN id plain_text NOT NULL DEFAULT '';
ALTER TABLE runner ADD COLUMN draining_at BIGINT;
ALTER TABLE runner ADD COLUMN seen_at BIGINT;
UPDATE runner SET id = gen_random_uuid ()::text;
CREATE UNIQUE INDEX runner_id ON runner (id);

CREATE TABLE runner_link (
  node plain_text NOT NULL, -- the coordinator; '' = the only one
  runner plain_text NOT NULL, -- its name
  slots BIGINT NOT NULL,
  busy BIGINT NOT NULL, -- with programs of this coordinator
  version plain_text NOT NULL,
  note plain_text NOT NULL, -- '' = none
  languages plain_text NOT NULL, -- JSON
  PRIMARY KEY (node, runner)
);
