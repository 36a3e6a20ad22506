CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE things (
  id INTEGER PRIMARY KEY,
  name TEXT,
  size INTEGER,
  price NUMERIC,
  ratio REAL,
  active BOOLEAN,
  data BLOB,
  day DATE,
  at TIMESTAMP,
  local_at TEXT,
  extra JSON,
  code TEXT UNIQUE,
  label TEXT NOT NULL,
  state TEXT DEFAULT 'new',
  checked INTEGER CHECK (checked >= 0),
  owner_id INTEGER REFERENCES owners (id),
  double_size INTEGER GENERATED ALWAYS AS (size * 2)
);
CREATE VIEW slow AS
  WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 20000)
  SELECT a.n AS id FROM counter a CROSS JOIN counter b WHERE a.n + b.n < 0;
