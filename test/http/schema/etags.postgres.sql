CREATE TABLE users (id BIGSERIAL PRIMARY KEY, name TEXT, update_field TEXT);
CREATE VIEW names AS SELECT id, name FROM users;
