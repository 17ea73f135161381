-- Who asked for a backup (NULL: the operator, by the command), and how big it became.

ALTER TABLE admin_job ADD COLUMN asked_by plain_text;
ALTER TABLE admin_job ADD COLUMN byte_count BIGINT NOT NULL DEFAULT 0;
CREATE INDEX admin_job_kind ON admin_job (kind, id);
