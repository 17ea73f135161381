// People who type in one document, or each in one of their own: node relay-load.mjs OPTIONS < URLS (one a line, one client each)
//   --rate N edits a second of each   --seconds N   --warmup N   --pid SERVER   --observer URL (may be repeated)
// Every edit is one character at the end of the client's own run, as a Yjs update made before. Latency is from the moment it is
// sent to the moment it comes to each other client, all in this process. The processor time of the server is read from /proc.
// At the end an observer of each document counts the characters. Prints one line of JSON.
import fs from 'node:fs'
import { WebSocket } from 'ws'
import * as Y from 'yjs'

const options = { rate: 30, seconds: 8, warmup: 2, pid: 0, observer: [] }
for (let i = 2; i < process.argv.length; i += 2) {
  const name = process.argv[i].slice(2)
  if (name === 'observer') options.observer.push(process.argv[i + 1])
  else options[name] = Number(process.argv[i + 1])
}
const urls = fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)
const total = Math.ceil((options.seconds + options.warmup) * options.rate) + 20

const serverCpuNs = () => {
  let sum = 0n
  for (const task of fs.readdirSync(`/proc/${options.pid}/task`)) {
    try {
      sum += BigInt(fs.readFileSync(`/proc/${options.pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
    } catch {} // it has ended
  }
  return Number(sum)
}

const writeVarUint = (out, n) => {
  for (; n > 127; n = Math.floor(n / 128)) out.push(128 | n % 128)
  out.push(n)
}
const frame = update => {
  const head = [0, 2]
  writeVarUint(head, update.length)
  return Buffer.concat([Buffer.from(head), update])
}

let at = 0
const readVarUint = bytes => {
  let n = 0
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[at++]
    n += (byte & 127) * factor
    if (byte < 128) return n
  }
}

const sentAt = new Map()
const latencies = []
let measuring = false
let received = 0

const see = (client, clock, length, own, now) => {
  const times = client === own ? undefined : sentAt.get(client)
  for (let i = 0; times && i < length; i++) {
    if (times[clock + i] > 0) {
      received++
      latencies.push(now - times[clock + i])
    }
  }
}

const receive = (bytes, own) => {
  const now = performance.now()
  at = 0
  if (readVarUint(bytes) !== 0 || readVarUint(bytes) !== 2) return
  const size = readVarUint(bytes)
  const start = at
  if (readVarUint(bytes) === 1) {
    const structs = readVarUint(bytes)
    const client = readVarUint(bytes)
    const clock = readVarUint(bytes)
    const info = bytes[at++]
    if (structs === 1 && (info & 31) === 4 && (info & 192) === 128) {
      readVarUint(bytes)
      readVarUint(bytes)
      see(client, clock, readVarUint(bytes), own, now)
      return
    }
  }
  for (const struct of Y.decodeUpdate(bytes.subarray(start, start + size)).structs) {
    see(struct.id.client, struct.id.clock, struct.length, own, now)
  }
}

const clients = urls.map((url, i) => {
  const doc = new Y.Doc()
  doc.clientID = 2 ** 31 + 1 + Math.floor(Math.random() * 2 ** 30)
  const text = doc.getText('text:bench')
  const frames = []
  doc.on('update', update => frames.push(frame(update)))
  for (let k = 0; k < total; k++) text.insert(k, String.fromCharCode(97 + (k * 7 + i) % 26))
  sentAt.set(doc.clientID, new Float64Array(total))
  return { id: doc.clientID, url, frames, next: 0 }
})

await Promise.all(clients.map(client => new Promise((resolve, reject) => {
  client.socket = new WebSocket(client.url, { perMessageDeflate: false })
  client.socket.on('error', reject)
  client.socket.on('close', code => { if (!client.isDone) reject(new Error('closed with ' + code)) })
  client.socket.on('message', bytes => {
    // What the server asks for on a connection: there is nothing yet.
    if (bytes[0] === 0 && bytes[1] === 0) client.socket.send(Buffer.from([0, 1, 2, 0, 0]))
    else receive(bytes, client.id)
  })
  client.socket.on('open', () => {
    client.socket.send(Buffer.from([0, 0, 1, 0]))
    resolve()
  })
})))
await new Promise(resolve => setTimeout(resolve, 1000))

const period = 1000 / options.rate
const began = performance.now()
let cpuBefore = 0
let ownBefore
let measuredFrom = 0
let sent = 0
await new Promise(resolve => {
  const tick = () => {
    const now = performance.now()
    const elapsed = now - began
    if (!measuring && elapsed >= options.warmup * 1000) {
      measuring = true
      cpuBefore = serverCpuNs()
      ownBefore = process.cpuUsage()
      measuredFrom = now
    }
    if (elapsed >= (options.warmup + options.seconds) * 1000) return resolve()
    clients.forEach((client, i) => {
      const due = Math.min(total, Math.floor((elapsed - i * period / clients.length) / period))
      while (client.next < due) {
        if (measuring) {
          sentAt.get(client.id)[client.next] = performance.now()
          sent++
        }
        client.socket.send(client.frames[client.next++])
      }
    })
    setTimeout(tick, 1)
  }
  tick()
})
const seconds = (performance.now() - measuredFrom) / 1000
const own = process.cpuUsage(ownBefore)
const readers = options.observer.length > 1 ? 0 : clients.length - 1
for (let i = 0; i < 200 && received < sent * readers; i++) await new Promise(resolve => setTimeout(resolve, 100))
await new Promise(resolve => setTimeout(resolve, 300))
const cpuNs = serverCpuNs() - cpuBefore
for (const client of clients) client.isDone = true

const count = url => new Promise(resolve => {
  const doc = new Y.Doc()
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const timer = setTimeout(() => resolve(-1), 30000)
  socket.on('error', () => resolve(-1))
  socket.on('open', () => socket.send(Buffer.from([0, 0, 1, 0])))
  socket.on('message', bytes => {
    at = 0
    if (readVarUint(bytes) !== 0 || readVarUint(bytes) !== 1) return
    const size = readVarUint(bytes)
    Y.applyUpdate(doc, bytes.subarray(at, at + size))
    clearTimeout(timer)
    socket.terminate()
    resolve(doc.getText('text:bench').length)
  })
})
let seen = 0
for (const url of options.observer) seen += await count(url)
const typed = clients.reduce((n, client) => n + client.next, 0)
latencies.sort((a, b) => a - b)
const quantile = share => latencies.length ? +latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))].toFixed(2) : null
console.log(JSON.stringify({
  clients: clients.length, rate: options.rate, sent, delivered: received, complete: seen === typed && received === sent * readers,
  p50_ms: quantile(0.5), p99_ms: quantile(0.99), max_ms: quantile(1),
  server_us_per_update: +(cpuNs / 1000 / sent).toFixed(2),
  server_us_per_delivery: received ? +(cpuNs / 1000 / received).toFixed(3) : null,
  server_percent: +(cpuNs / 1e7 / seconds).toFixed(1), loader_percent: +((own.user + own.system) / 1e4 / seconds).toFixed(1)
}))
process.exit(0)
