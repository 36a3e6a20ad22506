-- research/peers.md section 3.0
CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT);
CREATE TABLE books (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL UNIQUE,
  author_id INTEGER REFERENCES authors (id),
  pages INTEGER,
  in_print BOOLEAN,
  meta JSON,
  published_at TIMESTAMP
);
CREATE TABLE stock (store TEXT, book_id INTEGER, qty INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (store, book_id));
CREATE TABLE labels (k TEXT PRIMARY KEY, v TEXT DEFAULT 'none', n BIGINT);
CREATE TABLE logs (msg TEXT, lvl INTEGER);
CREATE TABLE empty_t (id INTEGER PRIMARY KEY);
CREATE TABLE nums (id INTEGER PRIMARY KEY);
