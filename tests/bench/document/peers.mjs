// One measurement of another engine, in a fresh process:   node --expose-gc peers.mjs ENGINE CASE TRACE|- FOLDER [TRANSACTIONS]
// Prints one line of JSON with the names of ent-doc-bench. FOLDER keeps what `prepare` made of a trace: states and updates.
// compare.py copies this file beside the packages it needs and calls it.
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'

const [,, engine, kase, file, folder, limit] = process.argv
const ROOT = 't'
const WARM = 20
const DISTANT_BYTES = 1 << 20
const DISTANT_EDITS = 10000

// --- engines: create, edit, encode, load, apply, text; null where one has no such thing ---

async function openYjs () {
  const Y = await import('yjs')
  const open = (id) => {
    const doc = new Y.Doc()
    if (id !== undefined) doc.clientID = id
    return { doc, text: doc.getText(ROOT) }
  }
  return {
    create (onUpdate, id) {
      const h = open(id)
      if (onUpdate) h.doc.on('update', (u, origin) => { if (origin !== 'remote') onUpdate(u) })
      return h
    },
    edit (h, patches) {
      h.doc.transact(() => {
        for (const [at, deleted, inserted] of patches) {
          if (deleted) h.text.delete(at, deleted)
          if (inserted) h.text.insert(at, inserted)
        }
      })
    },
    encode: h => Y.encodeStateAsUpdate(h.doc),
    load (bytes) { const h = open(); Y.applyUpdate(h.doc, bytes); return h },
    apply: (h, bytes) => Y.applyUpdate(h.doc, bytes, 'remote'),
    text: h => h.text.toString(),
    length: h => h.text.length,
    structs (h) { let n = 0; h.doc.store.clients.forEach(s => { n += s.length }); return n },
    merge: updates => Y.mergeUpdates(updates),
    half (h) {
      const half = new Map()
      Y.decodeStateVector(Y.encodeStateVector(h.doc)).forEach((clock, client) => half.set(client, clock >> 1))
      return Y.encodeStateVector(half)
    },
    diff: (h, known) => Y.encodeStateAsUpdate(h.doc, known),
    free: h => h.doc.destroy()
  }
}

async function openLoro () {
  const { LoroDoc } = await import('loro-crdt')
  const open = doc => ({ doc, text: doc.getText(ROOT) })
  return {
    create (onUpdate, id) {
      const doc = new LoroDoc()
      if (id !== undefined) doc.setPeerId(String(id))
      if (onUpdate) doc.subscribeLocalUpdates(onUpdate)
      return open(doc)
    },
    edit (h, patches) {
      for (const [at, deleted, inserted] of patches) {
        if (deleted) h.text.delete(at, deleted)
        if (inserted) h.text.insert(at, inserted)
      }
      h.doc.commit()
    },
    encode: h => h.doc.export({ mode: 'snapshot' }),
    load (bytes) { const doc = new LoroDoc(); doc.import(bytes); const h = open(doc); h.text.toString(); return h },
    apply: (h, bytes) => h.doc.import(bytes),
    text: h => h.text.toString(),
    length: h => h.text.length,
    free: h => h.doc.free(),
    late: true // its listener runs in a microtask
  }
}

async function openDiamond () {
  const dt = (await import('diamond-types-node')).default
  return {
    create: (onUpdate, id) => ({ doc: new dt.Doc('agent' + (id ?? 0)), onUpdate }),
    edit (h, patches) {
      const before = h.onUpdate ? h.doc.getLocalVersion() : null
      for (const [at, deleted, inserted] of patches) {
        if (deleted) h.doc.del(at, deleted)
        if (inserted) h.doc.ins(at, inserted)
      }
      if (before) h.onUpdate(h.doc.getPatchSince(before))
    },
    encode: h => h.doc.toBytes(),
    load: bytes => ({ doc: dt.Doc.fromBytes(bytes, 'reader') }),
    apply: (h, bytes) => h.doc.mergeBytes(bytes),
    text: h => h.doc.get(),
    length: h => h.doc.len(),
    free: h => h.doc.free()
  }
}

const e = await { yjs: openYjs, loro: openLoro, diamond: openDiamond }[engine]()

// --- measuring ---

const out = { engine, case: kase }
const median = values => values.slice().sort((a, b) => a - b)[values.length >> 1]
const collect = () => { globalThis.gc(); globalThis.gc() }
const heap = () => { collect(); const m = process.memoryUsage(); return m.heapUsed + m.external }
const turn = () => new Promise(resolve => setImmediate(resolve))

// Nanoseconds that the main thread has had a processor, without the helpers that compile and collect beside it. The kernel counts them
// when it switches threads, so it is made to.
const pause = new Int32Array(new SharedArrayBuffer(4))
function threadTime () {
  Atomics.wait(pause, 0, 0, 1)
  return Number(fs.readFileSync('/proc/self/schedstat', 'utf8').split(' ')[0])
}

function spend (body) {
  const cpu = threadTime()
  const start = process.hrtime.bigint()
  const result = body()
  const wall = Number(process.hrtime.bigint() - start)
  return { result, wall, cpu: threadTime() - cpu }
}

// What looking at the time costs by itself.
const looking = Math.min(...Array.from({ length: 20 }, () => spend(() => null).cpu))

function measure (body) {
  const spent = spend(body)
  return { ...spent, cpu: Math.max(Math.min(spent.cpu - looking, spent.wall), 1) }
}

function say (unit, units, first, warm) {
  const took = warm ? { wall: median(warm.map(w => w.wall)), cpu: median(warm.map(w => w.cpu)) } : first
  if (warm) out.cold_ns = first.wall
  out.rounds = warm ? warm.length : 1
  out.total_ns = took.wall
  out.cpu_ns = took.cpu
  out.units = units
  if (units) out['ns_per_' + unit] = Math.round(took.cpu / units * 10) / 10
}

function measureWarm (unit, units, body, check, rounds = WARM) {
  const all = []
  for (let i = 0; i <= rounds; i++) {
    const took = measure(body)
    check(took.result)
    all.push(took)
  }
  say(unit, units, all[0], all.slice(1))
}

function need (ok, what) {
  if (!ok) throw new Error(`${engine} ${kase}: ${what}`)
}

// --- traces ---

let trace = null
if (file !== '-') {
  trace = JSON.parse(zlib.gunzipSync(fs.readFileSync(file)))
  if (trace.startContent) trace.txns.unshift({ patches: [[0, 0, trace.startContent]] })
  if (limit) { trace.txns = trace.txns.slice(0, +limit); trace.endContent = null }
}
const name = file === '-' ? 'random' : path.basename(file).replace(/\.json.*/, '')
out.trace = name
const stored = ending => path.join(folder, `${name}.${engine}.${ending}`)
const isConcurrent = trace?.kind === 'concurrent'
const rightText = h => trace.endContent === null || e.text(h) === trace.endContent

// Each writer with a document that gets, before each transaction, what the writer had seen.
async function exchange () {
  const n = trace.numAgents
  const docs = []; const own = Array.from({ length: n }, () => []); const seen = []; const updates = []
  const known = Array.from({ length: n }, () => new Int32Array(n))
  let applied = 0; let current = -1
  for (let i = 0; i < trace.txns.length; i++) {
    const { agent, parents, patches } = trace.txns[i]
    const want = new Int32Array(n)
    for (const p of parents) for (let k = 0; k < n; k++) if (seen[p][k] > want[k]) want[k] = seen[p][k]
    docs[agent] ??= e.create(u => (updates[current] ??= []).push(u), agent + 1)
    const missing = []
    for (let k = 0; k < n; k++) {
      if (k === agent) continue
      for (; known[agent][k] < want[k]; known[agent][k]++) missing.push(own[k][known[agent][k]])
    }
    missing.sort((a, b) => a - b)
    for (const j of missing) for (const u of updates[j] ?? []) { e.apply(docs[agent], u); applied++ }
    current = i
    if (patches.length) e.edit(docs[agent], patches)
    if (e.late) await null
    want[agent] = own[agent].push(i)
    seen.push(want)
  }
  need(rightText(docs[trace.txns.at(-1).agent]), 'wrong text')
  return { updates: trace.txns.flatMap((_, i) => updates[i] ?? []), applied }
}

async function makeUpdates () {
  if (isConcurrent) return readUpdates()
  const updates = []
  const source = e.create(u => updates.push(u), 1)
  for (const t of trace.txns) e.edit(source, t.patches)
  await turn()
  return updates
}

function readUpdates () {
  const bytes = fs.readFileSync(stored('updates')); const updates = []
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readUInt32LE(at)
    updates.push(new Uint8Array(bytes.subarray(at + 4, at + 4 + size)))
    at += 4 + size
  }
  return limit ? updates.slice(0, +limit) : updates
}

function writeUpdates (updates) {
  const size = u => { const b = Buffer.alloc(4); b.writeUInt32LE(u.length); return b }
  fs.writeFileSync(stored('updates'), Buffer.concat(updates.flatMap(u => [size(u), Buffer.from(u)])))
}

const readState = () => new Uint8Array(fs.readFileSync(stored('state')))

// --- cases ---

function replay (emit) {
  const edits = trace.txns.reduce((n, t) => n + t.patches.length, 0)
  let bytes = 0
  const h = e.create(emit ? u => { bytes += u.length } : null, 1)
  const took = measure(() => { for (const t of trace.txns) e.edit(h, t.patches) })
  need(rightText(h), 'wrong text')
  say('edit', edits, took)
  out.transactions = trace.txns.length
  out.structs = e.structs?.(h)
}

function deliver (updates) {
  const h = e.create()
  const took = measure(() => { for (const u of updates) e.apply(h, u) })
  need(rightText(h), 'wrong text')
  return took
}

// The numbers of ent-doc-bench: a step of 32 bits, of which the high ones choose.
function random (seed) {
  let state = seed
  return bound => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return Math.floor(state * bound / 4294967296) }
}

function distant () {
  const below = random(1)
  let content = ''
  for (let i = 0; i < DISTANT_BYTES; i++) content += i % 64 === 63 ? '\n' : String.fromCharCode(97 + below(26))
  let bytes = 0
  const h = e.create(u => { bytes += u.length }, 1)
  e.edit(h, [[0, 0, content]])
  const took = measure(() => {
    for (let i = 0; i < DISTANT_EDITS; i++) {
      const at = below(e.length(h)); const letter = String.fromCharCode(97 + below(26))
      e.edit(h, [i % 2 === 0 ? [at, 0, letter] : [at, 1, '']])
    }
  })
  let hash = 2166136261
  const text = e.text(h)
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619)
  say('edit', DISTANT_EDITS, took)
  out.text_hash = hash >>> 0
}

const cases = {
  async prepare () {
    let h
    if (isConcurrent) {
      const { updates } = await exchange()
      writeUpdates(updates)
      h = e.create()
      for (const u of updates) e.apply(h, u)
    } else {
      h = e.create(null, 1)
      for (const t of trace.txns) e.edit(h, t.patches)
    }
    need(rightText(h), 'wrong text')
    fs.writeFileSync(stored('state'), e.encode(h))
  },
  local: () => replay(true),
  'local-silent': () => replay(false),
  async remote () {
    const updates = await makeUpdates()
    say('update', updates.length, deliver(updates))
  },
  async reversed () {
    const updates = await makeUpdates()
    const inOrder = deliver(updates)
    say('update', updates.length, deliver(updates.slice().reverse()))
    out.in_order_ns = inOrder.wall
    out.times_in_order = Math.round(out.cpu_ns / inOrder.cpu * 100) / 100
  },
  load () {
    const state = readState()
    const structs = e.structs?.(e.load(state)) ?? 0
    measureWarm('struct', structs, () => e.load(state), h => { need(rightText(h), 'wrong text'); e.free(h) })
    out.state_bytes = state.length
  },
  encode () {
    const h = e.load(readState())
    let size = 0
    measureWarm('struct', e.structs?.(h) ?? 0, () => e.encode(h), bytes => { size = bytes.length })
    out.encoded_bytes = size
  },
  diff () {
    const h = e.load(readState()); const known = e.half(h)
    let size = 0
    measureWarm('struct', e.structs(h), () => e.diff(h, known), bytes => { size = bytes.length })
    out.encoded_bytes = size
  },
  async merge () {
    const updates = await makeUpdates()
    let merged
    measureWarm('update', updates.length, () => e.merge(updates), bytes => { merged = bytes }, 5)
    need(rightText(e.load(merged)), 'wrong text')
    out.merged_bytes = merged.length
  },
  async concurrent () {
    const cpu = threadTime(); const start = process.hrtime.bigint()
    const { applied } = await exchange()
    say('update', applied + trace.txns.length, { wall: Number(process.hrtime.bigint() - start), cpu: threadTime() - cpu })
  },
  distant,
  memory () {
    const state = readState()
    const before = heap()
    const h = e.load(state)
    out.heap_bytes = heap() - before
    const structs = e.structs?.(h)
    if (structs) { out.structs = structs; out.bytes_per_struct = Math.round(out.heap_bytes / structs * 10) / 10 }
    need(rightText(h), 'wrong text')
  }
}

await cases[kase]()
console.log(JSON.stringify({ ...out, ok: true }))
process.exit(0)
