CREATE TABLE orders (id INTEGER PRIMARY KEY, items INTEGER, order_date DATE, amount REAL);
