// A stock Yjs client in a room, driven like ent-peer: one JSON object per line on stdin and on stdout.
//
//   node yjs-peer.mjs ORIGIN ROOM TOKEN [CLIENT_ID]
//
// in:  {"cmd":"insert","file":"main.py","at":0,"text":"x"}  {"cmd":"delete","file":..,"at":..,"count":..}
//      {"cmd":"text","file":..}  {"cmd":"chat","text":..}  {"cmd":"leave"}
// out: {"event":"joined"}  {"event":"text","file":..,"text":..}  {"event":"change","file":..}  {"event":"closed","code":..}
//      {"event":"error","message":..}
//
// Positions are in UTF-16 units, as Yjs counts them.

import { randomUUID } from 'node:crypto'
import readline from 'node:readline'
import WebSocket from 'ws'
import * as Y from 'yjs'
import { WebsocketProvider } from 'y-websocket'

const [origin, room, token, clientId] = process.argv.slice(2)
if (!token) {
  console.error('usage: yjs-peer.mjs ORIGIN ROOM TOKEN [CLIENT_ID]')
  process.exit(2)
}

const say = (event) => process.stdout.write(JSON.stringify(event) + '\n')

const doc = new Y.Doc()
if (clientId) doc.clientID = Number(clientId)

const files = doc.getMap('files')
const idOf = (path) => {
  for (const [id, file] of files) if (file.get('path') === path) return id
  throw new Error(`there is no file ${path}`)
}
const textOf = (path) => doc.getText(`text:${idOf(path)}`)

const watched = new Set()
const watchFiles = () => {
  for (const [id, file] of files) {
    if (watched.has(id)) continue
    watched.add(id)
    doc.getText(`text:${id}`).observe((event) => {
      if (!event.transaction.local) say({ event: 'change', file: file.get('path') })
    })
  }
}
files.observeDeep(watchFiles)

const provider = new WebsocketProvider(origin.replace(/^http/, 'ws') + '/api/sync', room, doc, {
  params: { token },
  WebSocketPolyfill: WebSocket,
  disableBc: true
})
let joined = false
provider.on('sync', (isSynced) => {
  if (!isSynced || joined) return
  joined = true
  watchFiles()
  say({ event: 'joined' })
})
provider.on('connection-close', (event) => say({ event: 'closed', code: event?.code ?? 0 }))

const commands = {
  insert: ({ file, at, text }) => textOf(file).insert(at, text),
  delete: ({ file, at, count }) => textOf(file).delete(at, count),
  text: ({ file }) => say({ event: 'text', file, text: textOf(file).toString() }),
  chat: ({ text }) => doc.getArray('chat').push([{ id: randomUUID(), text }]),
  leave: () => {
    provider.destroy()
    process.exit(0)
  }
}

readline
  .createInterface({ input: process.stdin })
  .on('line', (line) => {
    try {
      const command = JSON.parse(line)
      commands[command.cmd](command)
    } catch (error) {
      say({ event: 'error', message: error.message })
    }
  })
  .on('close', commands.leave)
