-- What site administrators have the server do that takes long: it can be looked at from everywhere.

CREATE TABLE admin_job (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  process TEXT NOT NULL, -- that does it; drawn at each start
  state INTEGER NOT NULL, -- running, done, failed
  permille INTEGER NOT NULL,
  row_count INTEGER NOT NULL, -- when it is done
  folder TEXT NOT NULL, -- on the host of that process
  message TEXT, -- why it failed
  asked_at INTEGER NOT NULL,
  ended_at INTEGER,
  lease_until INTEGER NOT NULL -- by the database's clock
) STRICT;
CREATE INDEX admin_job_asked ON admin_job (asked_at);
