CREATE TABLE "constructor" ("__proto__" TEXT NOT NULL PRIMARY KEY, "toString" INTEGER, "order" TEXT);
CREATE TABLE "__proto__" ("id" INTEGER PRIMARY KEY, "constructor" TEXT);
