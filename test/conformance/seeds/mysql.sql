CREATE TABLE owners (id BIGINT PRIMARY KEY, name TEXT);
CREATE TABLE things (
  id BIGINT PRIMARY KEY,
  name LONGTEXT,
  size BIGINT,
  price DECIMAL(30, 2),
  ratio DOUBLE,
  active BOOLEAN,
  data LONGBLOB,
  day DATE,
  at TIMESTAMP(6) NULL,
  local_at DATETIME(6),
  extra JSON,
  code VARCHAR(100) UNIQUE,
  label VARCHAR(100) NOT NULL,
  state VARCHAR(100) DEFAULT 'new',
  checked BIGINT CHECK (checked >= 0),
  owner_id BIGINT,
  double_size DECIMAL(30) GENERATED ALWAYS AS (CAST(size AS DECIMAL(30)) * 2) STORED,
  FOREIGN KEY (owner_id) REFERENCES owners (id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE VIEW slow AS
  WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 900)
  SELECT a.n AS id FROM counter a CROSS JOIN counter b CROSS JOIN counter c WHERE a.n + b.n + c.n < 0;
CREATE FUNCTION add_up (a BIGINT, b BIGINT) RETURNS BIGINT DETERMINISTIC RETURN a + b;
CREATE PROCEDURE first_numbers (count INT)
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < count)
  SELECT n, CONCAT('number ', n) AS word FROM numbers WHERE n <= count;
CREATE PROCEDURE rename_thing (`key` BIGINT, name TEXT) UPDATE things SET things.name = name WHERE id = `key`;
