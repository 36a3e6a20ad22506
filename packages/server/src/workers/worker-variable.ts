/** The environment variable that tells a worker which it is, counted from 1. */
export const workerVariable = 'EASYREST_WORKER'
