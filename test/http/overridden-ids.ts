const otherAuthPlugins =
  'the auth plugins oidc, basic, apikey and awssigv4 are not part of this version: naming one refuses to start'
const statementText =
  'the text of the original’s statements; ours differs (docs/decisions), and what users rely on, the rows, is in transcripts'
const embedding = 'there is no embedding of related tables in this dialect, and no plugin has such a capability'

/** Cases of research that no test tries, because they do not hold here: id -> the reason. */
export const overriddenIds: Readonly<Record<string, string>> = {
  E13: statementText,
  H24: statementText,
  I19: statementText,
  N17: statementText,
  T3: statementText,
  T8: statementText,
  T9: statementText,
  T10: statementText,
  T11: statementText,
  T12: statementText,
  T14: statementText,
  K17: otherAuthPlugins,
  U10: otherAuthPlugins,
  U11: otherAuthPlugins,
  U12: otherAuthPlugins,
  U13: otherAuthPlugins,
  U14: otherAuthPlugins,
  U15: otherAuthPlugins,
  S9: 'credentials are verified in the server itself, so there is no auth process to be killed',
  K21: 'nothing decodes a token without verifying it: there is no such function',
  L7: 'there is no tracing in this version: otel is accepted with a warning',
  U3: 'there is no memcached plugin in this version',
  'F-25': 'no plugin has a capability for JSON paths: F-30 shows that they are refused',
  'F-27': 'no plugin has a capability for full text: F-30 shows that it is refused',
  'S-04': 'no plugin has a capability for JSON paths: F-30 shows that they are refused',
  'H-10': 'errors are application/problem+json here, everywhere and always: docs/errors.md',
  'E-02': embedding,
  'E-03': embedding,
  'E-04': embedding,
  'E-05': embedding,
  'E-06': embedding,
  'E-07': embedding,
  'E-08': embedding,
  'E-09': embedding,
}
