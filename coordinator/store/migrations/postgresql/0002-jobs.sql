-- Work that is due at a time, the chain over the audit, and answers kept for repeated requests.

CREATE TABLE job (
  kind plain_text NOT NULL,
  subject plain_text NOT NULL, -- what it is about; '' for the whole installation
  due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0, -- that failed, in a row
  error plain_text, -- of the last one
  PRIMARY KEY (kind, subject)
);
CREATE INDEX job_due ON job (due_at);

ALTER TABLE audit ADD COLUMN chain plain_text;
CREATE INDEX audit_waiting ON audit (org, seq) WHERE chain IS NULL;

CREATE TABLE kept_answer (
  person plain_text NOT NULL,
  key plain_text NOT NULL, -- Idempotency-Key
  request plain_text NOT NULL, -- SHA-256 of method, path and body
  status BIGINT NOT NULL,
  body plain_text NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (person, key)
);
CREATE INDEX kept_answer_at ON kept_answer (at);
