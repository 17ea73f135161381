-- Work that is due at a time, the chain over the audit, and answers kept for repeated requests.

CREATE TABLE job (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL, -- what it is about; '' for the whole installation
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, -- that failed, in a row
  error TEXT, -- of the last one
  PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_due ON job (due_at);

ALTER TABLE audit ADD COLUMN chain TEXT;
CREATE INDEX audit_waiting ON audit (org, seq) WHERE chain IS NULL;

CREATE TABLE kept_answer (
  person TEXT NOT NULL,
  key TEXT NOT NULL, -- Idempotency-Key
  request TEXT NOT NULL, -- SHA-256 of method, path and body
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (person, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX kept_answer_at ON kept_answer (at);
