CREATE TABLE "constructor" ("__proto__" TEXT PRIMARY KEY, "toString" BIGINT, "order" TEXT);
CREATE TABLE "__proto__" ("id" BIGSERIAL PRIMARY KEY, "constructor" TEXT);
