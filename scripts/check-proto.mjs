// Fails when a change breaks what plugins in the field rely on: every name, number and type in proto/released.json
// must still mean the same. `node scripts/check-proto.mjs --release` adds what is new to that file.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

const root = fileURLToPath(new URL('../proto', import.meta.url))
const releasedFile = join(root, 'released.json')

/** Flat facts: "easyrest.plugin.v1.Page.limit" -> "1 optional uint64". */
const describeContract = () => {
  const protoRoot = new protobuf.Root()
  protoRoot.resolvePath = (_origin, target) => join(root, target)
  const folder = 'easyrest/plugin/v1'
  protoRoot.loadSync(
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
    { keepCase: true },
  )
  const facts = {}
  describe(protoRoot.lookup('easyrest.plugin.v1'), facts)
  return facts
}

const describe = (node, facts) => {
  const path = node.fullName.slice(1)
  if (node instanceof protobuf.Enum)
    for (const [name, number] of Object.entries(node.values)) facts[`${path}.${name}`] = `${number}`
  if (node instanceof protobuf.Type)
    for (const field of node.fieldsArray) facts[`${path}.${field.name}`] = describeField(field)
  if (node instanceof protobuf.Service) {
    for (const method of node.methodsArray) facts[`${path}.${method.name}`] = describeMethod(method)
  }
  for (const child of node.nestedArray ?? []) describe(child, facts)
}

const describeField = (field) => {
  const optional = field.options?.proto3_optional ? 'optional ' : ''
  const map = field instanceof protobuf.MapField ? `map<${field.keyType}> ` : ''
  return `${field.id} ${field.repeated ? 'repeated ' : optional}${map}${field.type}`
}

const describeMethod = (method) =>
  `${method.requestStream ? 'stream ' : ''}${method.requestType} -> ${method.responseStream ? 'stream ' : ''}${method.responseType}`

const current = describeContract()
if (process.argv.includes('--release')) {
  writeFileSync(releasedFile, `${JSON.stringify(current, null, 2)}\n`)
} else {
  const released = JSON.parse(readFileSync(releasedFile, 'utf8'))
  const broken = Object.entries(released).filter(([name, fact]) => current[name] !== fact)
  for (const [name, fact] of broken) {
    console.error(
      `${name}: released as "${fact}", now ${current[name] === undefined ? 'removed' : `"${current[name]}"`}`,
    )
  }
  if (broken.length > 0) {
    console.error('A released name, number or type never changes: add a new field instead, and keep the old one.')
    process.exit(1)
  }
}
