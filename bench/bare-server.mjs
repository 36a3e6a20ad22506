// What HTTP alone costs in Node: a handler that answers prepared bytes.
import { createServer } from 'node:http'
import { answerParent } from './answer-parent.mjs'
import { bytesOf25Rows, bytesOfOneRow } from './rows.mjs'

const bodies = new Map([
  ['/3kb', bytesOf25Rows],
  ['/150b', bytesOfOneRow],
])

const server = createServer((request, response) => {
  const body = bodies.get(request.url)
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length })
  response.end(body)
})
const listening = new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

answerParent(async () => {
  await listening
  return server.address().port
})
