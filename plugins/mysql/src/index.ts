export { MysqlDB } from './mysql-db.js'
