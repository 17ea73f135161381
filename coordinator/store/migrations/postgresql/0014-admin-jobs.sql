-- What site administrators have the server do that takes long: it can be looked at from everywhere.

CREATE TABLE admin_job (
  id plain_text PRIMARY KEY,
  kind plain_text NOT NULL,
  process plain_text NOT NULL, -- that does it; drawn at each start
  state BIGINT NOT NULL, -- running, done, failed
  permille BIGINT NOT NULL,
  row_count BIGINT NOT NULL, -- when it is done
  folder plain_text NOT NULL, -- on the host of that process
  message plain_text, -- why it failed
  asked_at BIGINT NOT NULL,
  ended_at BIGINT,
  lease_until BIGINT NOT NULL -- by the database's clock
);
CREATE INDEX admin_job_asked ON admin_job (asked_at);
