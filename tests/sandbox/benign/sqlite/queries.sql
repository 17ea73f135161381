-- prints: 2|Grüße
-- prints: 3|世界
CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO t (name) VALUES ('x'), ('Grüße'), ('世界');
SELECT id, name FROM t WHERE id > 1 ORDER BY id;
