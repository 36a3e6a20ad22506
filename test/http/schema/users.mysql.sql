CREATE TABLE users (id BIGINT PRIMARY KEY AUTO_INCREMENT, name TEXT, update_field TEXT) COLLATE utf8mb4_bin;
CREATE VIEW user_names AS SELECT id, name FROM users;
