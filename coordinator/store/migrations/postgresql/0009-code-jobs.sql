-- Programs whose answer is fetched later: any coordinator can tell of them, and after a restart what
-- has ended is there, and what had not has ended.

CREATE TABLE code_job (
  id plain_text PRIMARY KEY,
  subject plain_text NOT NULL, -- a person's id, or the hash of a key
  owner plain_text NOT NULL, -- the process that runs it
  state BIGINT NOT NULL, -- queued, running, done, failed, cancelled
  place BIGINT NOT NULL, -- in the queue of that process; 0 = it waits no more
  is_cancelled BIGINT NOT NULL, -- its end was asked for
  created_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL, -- by the database's clock
  ended_at BIGINT, -- by the database's clock; NULL = not yet
  bytes BIGINT NOT NULL, -- of the answer
  answer plain_text -- JSON; NULL = not yet
);
CREATE INDEX code_job_subject ON code_job (subject, ended_at);
CREATE INDEX code_job_ended ON code_job (ended_at);
