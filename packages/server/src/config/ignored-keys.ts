/** Keys of the original that are accepted and have no effect here, with the reason the warning gives. */
export const ignoredKeys: ReadonlyMap<string, string> = new Map([
  ['otel', 'tracing is not built yet'],
  ['server.write_timeout', 'it would cut long answers in the middle; server.request_timeout bounds a request'],
  ['server.keep_alive_period', 'the operating system decides it; server.idle_timeout closes idle connections'],
  ...[
    'max_concurrent_streams',
    'max_read_frame_size',
    'max_upload_buffer_per_connection',
    'max_upload_buffer_per_stream',
    'idle_timeout',
    'read_idle_timeout',
    'ping_timeout',
    'permit_prohibited_cipher_suites',
  ].map((name): [string, string] => [`server.http2_${name}`, 'the server speaks HTTP/1.1; put a proxy in front for 2']),
])
