-- family: memory
-- language: sqlite
-- expect: memory_limit runtime_error
-- limits: memory=64 wall=5
-- breach: more memory than the limit
CREATE TABLE big(x);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
INSERT INTO big SELECT zeroblob(1000000) FROM n;
