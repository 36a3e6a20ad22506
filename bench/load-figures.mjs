/** Has the load generator load a server. @param job as load.mjs takes it */
export const ask = (load, job) => load.ask({ kind: 'load', ...job }, timeout(job.seconds))

/** How long a slice may take, in ms. */
export const timeout = (seconds) => seconds * 1000 + 30_000

/** What a load says, by the names of metrics: times in ms, CPU in microseconds per request. */
export const loadFigures = ({ requests, seconds, p50, p99, cpuMicros: [host, plugin = 0], loadMicros }) => ({
  perSecond: requests / seconds,
  p50,
  p99,
  totalCpu: (host + plugin) / requests,
  hostCpu: host / requests,
  pluginCpu: plugin / requests,
  loadCpu: loadMicros / requests,
})
