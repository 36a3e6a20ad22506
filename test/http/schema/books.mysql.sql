-- research/peers.md section 3.0
CREATE TABLE authors (
  id BIGINT PRIMARY KEY AUTO_INCREMENT,
  name VARCHAR(200) NOT NULL,
  country VARCHAR(200)
) COLLATE utf8mb4_bin;
CREATE TABLE books (
  id BIGINT PRIMARY KEY AUTO_INCREMENT,
  title VARCHAR(200) NOT NULL UNIQUE,
  author_id BIGINT,
  pages BIGINT,
  in_print BOOLEAN,
  meta JSON,
  published_at TIMESTAMP(6) NULL,
  FOREIGN KEY (author_id) REFERENCES authors (id)
) COLLATE utf8mb4_bin;
CREATE TABLE stock (
  store VARCHAR(100),
  book_id BIGINT,
  qty BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (store, book_id)
) COLLATE utf8mb4_bin;
CREATE TABLE labels (k VARCHAR(100) PRIMARY KEY, v VARCHAR(100) DEFAULT 'none', n BIGINT) COLLATE utf8mb4_bin;
CREATE TABLE logs (msg TEXT, lvl BIGINT) COLLATE utf8mb4_bin;
CREATE TABLE empty_t (id BIGINT PRIMARY KEY);
CREATE TABLE nums (id BIGINT PRIMARY KEY);
