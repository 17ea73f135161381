-- Programs whose answer is fetched later: any coordinator can tell of them, and after a restart what
-- has ended is there, and what had not has ended.

CREATE TABLE code_job (
  id TEXT PRIMARY KEY,
  subject TEXT NOT NULL, -- a person's id, or the hash of a key
  owner TEXT NOT NULL, -- the process that runs it
  state INTEGER NOT NULL, -- queued, running, done, failed, cancelled
  place INTEGER NOT NULL, -- in the queue of that process; 0 = it waits no more
  is_cancelled INTEGER NOT NULL, -- its end was asked for
  created_at INTEGER NOT NULL,
  lease_until INTEGER NOT NULL, -- by the database's clock
  ended_at INTEGER, -- by the database's clock; NULL = not yet
  bytes INTEGER NOT NULL, -- of the answer
  answer TEXT -- JSON; NULL = not yet
) STRICT;
CREATE INDEX code_job_subject ON code_job (subject, ended_at);
CREATE INDEX code_job_ended ON code_job (ended_at);
