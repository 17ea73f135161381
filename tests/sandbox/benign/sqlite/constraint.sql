-- expect: runtime_error
-- prints: 1
-- errors: (?s).*UNIQUE constraint failed: t.x.*
CREATE TABLE t (x UNIQUE);
INSERT INTO t VALUES (1);
SELECT * FROM t;
INSERT INTO t VALUES (1);
SELECT 'not reached';
