/** Name and version of this package; a test holds it to package.json. */
export const sdk = '@easyrest/plugin 0.1.0'
