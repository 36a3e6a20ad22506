CREATE TABLE `constructor` (`__proto__` VARCHAR(50) PRIMARY KEY, `toString` BIGINT, `order` TEXT) COLLATE utf8mb4_bin;
CREATE TABLE `__proto__` (`id` BIGINT PRIMARY KEY AUTO_INCREMENT, `constructor` TEXT) COLLATE utf8mb4_bin;
