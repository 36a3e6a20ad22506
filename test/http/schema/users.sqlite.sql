CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, update_field TEXT);
CREATE VIEW user_names AS SELECT id, name FROM users;
