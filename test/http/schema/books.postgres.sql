-- research/peers.md section 3.0
CREATE TABLE authors (id BIGSERIAL PRIMARY KEY, name TEXT NOT NULL, country TEXT);
CREATE TABLE books (
  id BIGSERIAL PRIMARY KEY,
  title TEXT NOT NULL UNIQUE,
  author_id BIGINT REFERENCES authors (id),
  pages BIGINT,
  in_print BOOLEAN,
  meta JSON,
  published_at TIMESTAMPTZ
);
CREATE TABLE stock (store TEXT, book_id BIGINT, qty BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (store, book_id));
CREATE TABLE labels (k TEXT PRIMARY KEY, v TEXT DEFAULT 'none', n BIGINT);
CREATE TABLE logs (msg TEXT, lvl BIGINT);
CREATE TABLE empty_t (id BIGSERIAL PRIMARY KEY);
CREATE TABLE nums (id BIGSERIAL PRIMARY KEY);
