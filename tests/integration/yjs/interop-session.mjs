// Runs one planned session between real yjs and the engine and compares everything. Each of our replicas has
// a twin: a yjs document of the same client ID that does and receives the same, whose bytes ours must match.

import * as Y from 'yjs'
import { editForeign } from './interop-foreign.mjs'
import { KINDS, Random, freshClientId, listTypes, makeEdit } from './interop-plan.mjs'
import { Difference, ROOTS, base64, bytes, canonical, parse, root, view, viewDelta, viewRoots } from './interop-view.mjs'

const REMOTE = 'remote'

const assertEqual = (ours, theirs, what) => {
  if (ours !== theirs) throw new Difference(`${what}\n  engine ${ours}\n  yjs    ${theirs}`)
}

const unitsOf = (delta) => delta.map(({ insert }) => (typeof insert === 'string' ? insert : '\ufffc')).join('')

const typeAt = (doc, { root: name, path }) => (path ?? []).reduce((type, step) => type.get(step), root(doc, name))

// An edit, as ent-doc-tool takes it, done with yjs.
const editYjs = (doc, edit) => {
  const type = typeAt(doc, edit)
  switch (edit.op) {
    case 'insert': return type.insert(edit.index, edit.text, edit.attributes)
    case 'delete': return type.delete(edit.index, edit.length)
    case 'format': return type.format(edit.index, edit.length, edit.attributes)
    case 'embed': return type.insertEmbed(edit.index, edit.embed, edit.attributes)
    case 'map-set': return type.set(edit.key, parse(edit.value))
    case 'map-delete': return type.delete(edit.key)
    case 'array-insert': return type.insert(edit.index, edit.values.map(parse))
    case 'array-delete': return type.delete(edit.index, edit.length)
    default: throw new Error(`yjs cannot ${edit.op}`)
  }
}

// The delete set of an update as ranges in order of reading, and the bytes before it.
const splitUpdate = (update) => {
  const { ds } = Y.decodeUpdate(update)
  const ranges = []
  let size = varSize(ds.clients.size)
  for (const [client, items] of ds.clients) {
    size += varSize(client) + varSize(items.length)
    for (const { clock, len } of items) {
      size += varSize(clock) + varSize(len)
      ranges.push({ client, clock, end: clock + len })
    }
  }
  return { structs: base64(update.subarray(0, update.length - size)), ranges }
}

const varSize = (number) => (number < 128 ? 1 : 1 + varSize(Math.floor(number / 128)))

const covers = (ranges, { client, clock, end }) =>
  ranges.some((other) => other.client === client && other.clock <= clock && end <= other.end)

// With an undo manager yjs joins ranges of its stack into those of the update that is being written: it then says
// again what was deleted before. Ours does not; that is the only difference allowed.
const differOnlyInOldDeletes = (ours, theirs, doc) => {
  const [our, their] = [splitUpdate(ours), splitUpdate(theirs)]
  const known = []
  for (const [client, items] of Y.createDeleteSetFromStructStore(doc.store).clients) {
    for (const { clock, len } of items) known.push({ client, clock, end: clock + len })
  }
  return our.structs === their.structs && our.ranges.every((range) => covers(their.ranges, range)) &&
    their.ranges.every((range) => covers(known, range))
}

class YjsReplica {
  constructor (id, gc, undo) {
    this.doc = new Y.Doc({ gc })
    this.doc.clientID = id
    for (const name of Object.keys(ROOTS)) root(this.doc, name)
    if (undo) this.undoManager = new Y.UndoManager(undo.map((name) => root(this.doc, name)), { captureTimeout: 1e12 })
    this.made = []
    // Its own edits, and the marks it deletes by itself when it receives some.
    this.doc.on('update', (update, origin, doc, transaction) => {
      if (transaction.local) this.made.push(update)
    })
  }

  take () {
    return this.made.splice(0)
  }

  async look () {
    return { roots: viewRoots(this.doc), code: unitsOf(viewDelta(this.doc.getText('code'))) }
  }

  async edit (makeEdits) {
    const edits = []
    this.doc.transact(() => makeEdits((edit) => {
      edits.push(edit)
      editYjs(this.doc, edit)
    }, () => ({ roots: viewRoots(this.doc), code: unitsOf(viewDelta(this.doc.getText('code'))) })))
    return edits
  }

  undo (what) {
    if (what === 'stop') return this.undoManager.stopCapturing()
    return this.undoManager[what]() !== null
  }

  apply (update) {
    Y.applyUpdate(this.doc, update, REMOTE)
  }

  position (target, index, assoc) {
    return Y.createRelativePositionFromTypeIndex(typeAt(this.doc, target), index, assoc)
  }

  resolve (position) {
    return Y.createAbsolutePositionFromRelativePosition(Y.decodeRelativePosition(position), this.doc)?.index ?? null
  }

  rename (id) {
    this.doc.clientID = id
  }

  encode (vector) {
    return Y.encodeStateAsUpdate(this.doc, vector)
  }

  vector () {
    return Y.encodeStateVector(this.doc)
  }

  show () {
    return {
      roots: viewRoots(this.doc),
      code: viewDelta(this.doc.getText('code')),
      notes: viewDelta(this.doc.getText('notes')),
      vector: base64(Y.encodeStateVector(this.doc))
    }
  }

  isWaiting () {
    return this.doc.store.pendingStructs !== null || this.doc.store.pendingDs !== null
  }

  free () {
    this.undoManager?.destroy()
    this.doc.destroy()
  }
}

let names = 0

class EntReplica {
  constructor (tool, id, gc, undo, twin) {
    this.tool = tool
    this.name = `d${names++}`
    this.twin = twin
    this.gc = gc
    this.last = null
    this.ready = [this.call('new', { client: id, gc })]
    for (const [name, kind] of Object.entries(ROOTS)) this.ready.push(this.call('root', { root: name, kind }))
    if (undo) this.ready.push(...undo.map((name) => this.call('undo-scope', { root: name })))
  }

  call (op, fields) {
    return this.tool.call({ op, doc: this.name, ...fields })
  }

  // What it has made since the last time: our update, and that of the twin.
  async take () {
    const { update } = await this.call('update')
    const made = update === null || update === this.last ? [] : [bytes(update)]
    this.last = update
    return made
  }

  async look () {
    const [{ json }, { delta }] = await Promise.all([this.call('json'), this.call('delta', { root: 'code' })])
    return { roots: json, code: unitsOf(delta) }
  }

  async undo (what) {
    const answer = await this.call(what === 'stop' ? 'undo-stop' : what)
    const theirs = this.twin?.undo(what)
    if (what === 'stop' || !this.twin) return
    assertEqual(answer.did, theirs, `whether ${what} did something`)
    const { undo, redo } = await this.call('undo-depth')
    assertEqual(undo, this.twin.undoManager.undoStack.length, 'the undo depth')
    assertEqual(redo, this.twin.undoManager.redoStack.length, 'the redo depth')
  }

  async apply (update) {
    await this.call('apply', { update: base64(update) })
    this.twin?.apply(update)
    this.last = (await this.call('update')).update
  }

  // Whether the twin is stuck on what waits for something that waited itself, where ours went on.
  async isTwinStuck () {
    return this.twin?.isWaiting() && vectorOf(await this.vector()) !== vectorOf(this.twin.vector())
  }

  async position (target, index, assoc) {
    const { relpos, json } = await this.call('relpos-encode', { ...target, index, assoc })
    if (this.twin) {
      const theirs = this.twin.position(target, index, assoc)
      assertEqual(relpos, base64(Y.encodeRelativePosition(theirs)), `the position at ${index}, ${assoc}`)
      assertEqual(canonical(json), canonical(Y.relativePositionToJSON(theirs)), 'the JSON of a position')
    }
    return bytes(relpos)
  }

  async resolve (position) {
    const json = Y.relativePositionToJSON(Y.decodeRelativePosition(position))
    const [{ index }, again] = await Promise.all([this.call('relpos-resolve', { relpos: base64(position) }),
      this.call('relpos-resolve', { json })])
    assertEqual(index, again.index, 'the place of a position and of its JSON')
    return index
  }

  async rename (id) {
    await this.call('set-client', { client: id })
    this.twin?.rename(id)
  }

  async encode (vector) {
    return bytes((await this.call('encode', vector ? { stateVector: base64(vector) } : {})).update)
  }

  async vector () {
    return bytes((await this.call('state-vector')).stateVector)
  }

  async show () {
    const [{ json }, code, notes, { stateVector }] = await Promise.all([this.call('json'),
      this.call('delta', { root: 'code' }), this.call('delta', { root: 'notes' }), this.call('state-vector')])
    return { roots: json, code: code.delta, notes: notes.delta, vector: stateVector }
  }

  async isWaiting () {
    const { structs, deletes } = await this.call('pending')
    return structs || deletes
  }

  free () {
    this.tool.ask({ op: 'free', doc: this.name })
    this.twin?.free()
  }
}

// State vectors name clients in any order.
const vectorOf = (encoded) => canonical(Object.fromEntries(Y.decodeStateVector(encoded)))

const assertSame = (ours, theirs, what) => {
  for (const name of Object.keys(ROOTS)) {
    assertEqual(canonical(ours.roots[name]), canonical(theirs.roots[name]), `${name} of ${what}`)
  }
  assertEqual(canonical(ours.code), canonical(theirs.code), `the delta of code of ${what}`)
  assertEqual(canonical(ours.notes), canonical(theirs.notes), `the delta of notes of ${what}`)
  assertEqual(vectorOf(bytes(ours.vector)), vectorOf(bytes(theirs.vector)), `the state vector of ${what}`)
}

export class Session {
  // strict: states that are not the same bytes are a failure too.
  constructor (tool, plan, counts, strict) {
    this.strict = strict
    this.tool = tool
    this.plan = plan
    this.counts = counts
    this.traits = KINDS[plan.kind]
    this.updates = [] // { from, update } in order of making
    this.starts = new Map() // client ID -> clocks at which structs were made
    this.positions = []
    this.trace = []
    this.replicas = []
  }

  count (what, equal) {
    const entry = (this.counts[what] ??= { all: 0, equal: 0 })
    entry.all++
    if (equal) entry.equal++
    return equal
  }

  note (...line) {
    this.trace.push(line)
  }

  async run () {
    try {
      await this.runSteps()
    } finally {
      for (const replica of this.replicas) replica.free()
    }
  }

  newEnt (id, gc, undo, twin) {
    const replica = new EntReplica(this.tool, id, gc, undo, twin)
    this.replicas.push(replica)
    return replica
  }

  newYjs (id, gc, undo) {
    const replica = new YjsReplica(id, gc, undo)
    this.replicas.push(replica)
    return replica
  }

  async runSteps () {
    const undo = this.traits.undo && this.plan.scope
    this.clients = this.plan.clients.map(({ id, ent, gc }, no) => {
      const client = ent ? this.newEnt(id, gc, undo, new YjsReplica(id, gc, undo)) : this.newYjs(id, gc, undo)
      client.no = no
      client.missing = new Set()
      return client
    })
    await Promise.all(this.clients.flatMap((client) => client.ready ?? []))
    for (const step of this.plan.steps) {
      const client = this.clients[step.who]
      const random = new Random(step.seed)
      if (step.t === 'edit') await this.edit(client, random)
      else if (step.t === 'receive') await this.receive(client, random)
      else if (step.t === 'position') await this.position(client, random)
      else if (step.t === 'rename') await this.rename(client, random)
      else await this.undo(client, step.t)
    }
    await this.settle(new Random(this.plan.finish))
  }

  // --- steps ---

  // What ours has made has to be what its twin has made.
  compareUpdates (client, made, what, edits) {
    const theirs = client.twin.take()
    const [ours, wanted] = [made.map(base64).join(' '), theirs.map(base64).join(' ')]
    // When it deletes text, yjs also deletes marks that have become needless; ours does not.
    if (ours !== wanted && this.traits.format && edits.some(({ op }) => op === 'delete')) {
      client.twin = client.twin.free()
      return
    }
    if (this.count('updates', ours === wanted)) return
    if (this.traits.undo && made.length === 1 && theirs.length === 1 &&
        differOnlyInOldDeletes(made[0], theirs[0], client.twin.doc)) {
      return this.count('updates that differ in what was deleted before', false)
    }
    throw new Difference(`the update of ${what}\n  engine ${ours}\n  yjs    ${wanted}`)
  }

  // Spreads what a client has made.
  async spread (client, what, edits = []) {
    const made = await client.take()
    if (client.twin) this.compareUpdates(client, made, what, edits)
    for (const update of made) {
      this.note('made', client.no, this.updates.length, base64(update))
      for (const other of this.clients) if (other !== client) other.missing.add(this.updates.length)
      this.updates.push({ from: client.no, update })
      for (const { id } of Y.decodeUpdate(update).structs) {
        if (!this.starts.has(id.client)) this.starts.set(id.client, new Set())
        this.starts.get(id.client).add(id.clock)
      }
    }
  }

  async edit (client, random) {
    const n = random.chance(0.7) ? 1 : random.between(2, 4)
    this.counts.edits = (this.counts.edits ?? 0) + n
    if (client instanceof YjsReplica) {
      await client.edit((doEdit, look) => {
        for (let i = 0; i < n; i++) {
          if (this.traits.foreign && random.chance(0.3)) {
            this.note('foreign', client.no)
            editForeign(client.doc, random, this.traits)
            continue
          }
          const { roots, code } = look()
          const edit = makeEdit(random, this.traits, roots, code)
          this.note('edit', client.no, edit)
          doEdit(edit)
        }
      })
      return this.spread(client, 'an edit')
    }
    const edits = []
    if (n > 1) await client.call('begin')
    for (let i = 0; i < n; i++) {
      const { roots, code } = await client.look()
      const edit = makeEdit(random, this.traits, roots, code)
      this.note('edit', client.no, edit)
      await client.tool.call({ ...edit, doc: client.name })
      edits.push(edit)
    }
    if (n > 1) await client.call('commit')
    client.twin?.doc.transact(() => edits.forEach((edit) => editYjs(client.twin.doc, edit)))
    await this.spread(client, edits.map((edit) => JSON.stringify(edit)).join(' '), edits)
  }

  async undo (client, what) {
    this.note(what, client.no)
    await client.undo(what)
    if (what !== 'stop') await this.spread(client, what)
  }

  async position (client, random) {
    const { roots, code } = await client.look()
    const { target, length } = random.chance(0.6) ? { target: { root: 'code' }, length: code.length } : random.pick(listTypes(roots))
    const index = random.below(length + 1)
    const assoc = random.pick([0, 0, -1, -1, 1, -7])
    this.note('position', client.no, target, index, assoc)
    const position = await client.position(target, index, assoc)
    this.positions.push(client instanceof YjsReplica ? Y.encodeRelativePosition(position) : position)
  }

  async rename (client, random) {
    const id = freshClientId(random)
    this.note('rename', client.no, id)
    await client.rename(id)
  }

  async apply (client, update, what) {
    this.counts.applied = (this.counts.applied ?? 0) + 1
    this.note('apply', client.no, what, base64(update))
    await client.apply(update)
    if (client instanceof YjsReplica) return this.spread(client, 'receiving')
    // yjs found marks to delete, in XML for example: the twin has to go.
    if (client.twin?.take().length) client.twin = client.twin.free()
    if (await client.isTwinStuck()) {
      this.counts.stuck = (this.counts.stuck ?? 0) + 1
      client.twin = client.twin.free()
    }
  }

  // Some updates as one, by either of the two, which have to agree.
  async merge (updates, random) {
    const theirs = Y.mergeUpdates(updates)
    const ours = bytes((await this.tool.call({ op: 'merge', updates: updates.map(base64) })).update)
    this.count('merges', base64(ours) === base64(theirs))
    if (ours.length > theirs.length * 1.01 + 1) {
      throw new Difference(`a merge of ${ours.length} bytes, by yjs ${theirs.length}: ${updates.map(base64)}`)
    }
    const { stateVector } = await this.tool.call({ op: 'state-vector', update: base64(theirs) })
    assertEqual(vectorOf(bytes(stateVector)), vectorOf(Y.encodeStateVectorFromUpdate(theirs)), `the vector of ${base64(theirs)}`)
    return random.chance(0.5) ? ours : theirs
  }

  async diff (update, vector, random) {
    const theirs = Y.diffUpdate(update, vector)
    const ours = bytes((await this.tool.call({ op: 'diff', update: base64(update), stateVector: base64(vector) })).update)
    this.count('diffs', base64(ours) === base64(theirs))
    if (ours.length > theirs.length * 1.01 + 1) {
      throw new Difference(`a diff of ${ours.length} bytes, by yjs ${theirs.length}: ${base64(update)} ${base64(vector)}`)
    }
    return random.chance(0.5) ? ours : theirs
  }

  some (random) {
    return random.shuffle(this.updates).slice(0, random.between(1, Math.min(8, this.updates.length))).map(({ update }) => update)
  }

  async receive (client, random) {
    if (!this.updates.length) return
    const missing = [...client.missing]
    const mode = random.pick(['next', 'next', 'random', 'shuffled', 'reversed', 'merged', 'diffed', 'patched', 'cut', 'sync', 'sync'])
    if (mode === 'merged') return this.apply(client, await this.merge(this.some(random), random), mode)
    if (mode === 'diffed') {
      const merged = await this.merge(this.some(random), random)
      return this.apply(client, await this.diff(merged, await client.vector(), random), mode)
    }
    // Merges cut at any place, some of them merged again: full of holes and of structs known in part.
    if (mode === 'patched') {
      const parts = []
      for (let i = random.between(1, 4); i > 0; i--) {
        const merged = await this.merge(this.some(random), random)
        parts.push(await this.diff(merged, this.partVector(Y.encodeStateVectorFromUpdate(merged), random), random))
      }
      return this.apply(client, await this.merge(parts, random), mode)
    }
    if (mode === 'cut') {
      const other = random.pick(this.clients)
      const vector = this.partVector(await other.vector(), random)
      return other === client ? undefined : this.apply(client, await other.encode(vector), mode)
    }
    if (mode === 'sync') {
      const other = random.pick(this.clients)
      return other === client ? undefined : this.apply(client, await other.encode(await client.vector()), mode)
    }
    let order
    if (mode === 'next') order = missing.slice(0, random.between(1, 5))
    else if (mode === 'random') order = [random.below(this.updates.length)]
    else order = mode === 'shuffled' ? random.shuffle(missing) : missing.reverse()
    for (const no of order) {
      client.missing.delete(no)
      await this.apply(client, this.updates[no].update, mode)
    }
  }

  // --- the end ---

  async settle (random) {
    if (!this.updates.length) return
    for (let round = 0, known = -1; known < this.updates.length && round < 20; round++) {
      known = this.updates.length
      for (const client of this.clients) {
        const all = [...this.updates.keys()]
        for (const no of round === 0 ? random.shuffle([...all, ...all.filter(() => random.chance(0.1))]) : all) {
          if (round > 0 && !client.missing.has(no)) continue
          client.missing.delete(no)
          await this.apply(client, this.updates[no].update, 'end')
        }
      }
    }
    // yjs can stay stuck on what waits for something that waited itself; anything new wakes it up.
    for (const client of this.clients) {
      const replica = client instanceof YjsReplica ? client : client.twin
      if (replica?.isWaiting()) this.unstick(replica)
    }
    const shown = await Promise.all(this.clients.map((client) => client.show()))
    const model = shown[this.clients.findIndex((client) => client instanceof YjsReplica)]
    for (const [no, client] of this.clients.entries()) {
      assertSame(shown[no], model, `client ${no}`)
      if (client instanceof EntReplica) await this.assertReplica(client, client.twin, `client ${no}`)
    }
    for (const mode of random.shuffle(['in order', 'shuffled', 'reversed', 'merged', 'diffed']).slice(0, 2)) {
      await this.observe(mode, random, model)
    }
    await this.cut(random)
  }

  unstick (replica) {
    this.counts.stuck = (this.counts.stuck ?? 0) + 1
    for (const { update } of this.updates) replica.apply(update)
  }

  // Everything that can be asked of ours, against a yjs replica in the same state.
  async assertReplica (ours, theirs, what) {
    if (await ours.isWaiting()) throw new Difference(`${what} still waits`)
    await ours.call('check')
    if (!theirs) return
    assertSame(await ours.show(), theirs.show(), what)
    for (const position of this.positions) {
      assertEqual(await ours.resolve(position), theirs.resolve(position), `where ${base64(position)} is in ${what}`)
    }
    const [state, wanted] = [await ours.encode(), theirs.encode()]
    const kind = this.traits.format ? 'states with marks' : 'states'
    if (this.count(kind, base64(state) === base64(wanted))) return
    // Of two forms of a struct that wait, yjs takes the one or the other, ours the first: where nothing is collected, content stays.
    if (this.strict || (ours.gc && state.length > wanted.length * 1.01)) {
      throw new Difference(`the state of ${what}: ${state.length} bytes, of yjs ${wanted.length}\n  engine ${base64(state)}\n  yjs    ${base64(wanted)}`)
    }
    const copy = new YjsReplica(7, this.plan.gc)
    copy.apply(state)
    assertSame(await ours.show(), copy.show(), `a copy of ${what}`)
    copy.free()
  }

  // Two fresh replicas, one of each, to which everything comes in the same order.
  async observe (mode, random, model) {
    const theirs = this.newYjs(4294967294, this.plan.gc)
    const ours = this.newEnt(4294967295, this.plan.gc)
    const all = this.updates.map(({ update }) => update)
    let list = all
    if (mode === 'shuffled') list = random.shuffle([...all, ...all.filter(() => random.chance(0.2))])
    if (mode === 'reversed') list = [...all].reverse()
    if (mode === 'merged' || mode === 'diffed') {
      const parts = random.shuffle(all)
      list = []
      while (parts.length) list.push(await this.merge(parts.splice(0, random.between(1, 6)), random))
    }
    await Promise.all(ours.ready)
    for (const part of list) {
      const update = mode === 'diffed' ? await this.diff(part, theirs.vector(), random) : part
      this.note('observe', mode, base64(update))
      theirs.apply(update)
      await ours.apply(update)
    }
    if (theirs.isWaiting()) this.unstick(theirs)
    // The marks that yjs deletes by itself.
    for (const update of theirs.take()) {
      this.note('observe', 'marks', base64(update))
      await ours.apply(update)
    }
    if (!this.traits.format) assertSame(await ours.show(), model, `an observer, ${mode}`)
    await this.assertReplica(ours, theirs, `an observer, ${mode}`)
    this.count('observers', true)
  }

  // One that knows less.
  anyVector (encoded, random) {
    const vector = new Map()
    for (const [client, clock] of Y.decodeStateVector(encoded)) {
      if (random.chance(0.8)) vector.set(client, random.below(clock + 1))
    }
    return Y.encodeStateVector(vector)
  }

  // One that knows less, but only whole structs: where a surrogate pair is cut, yjs sends U+FFFD, and who gets the other half
  // from somebody else has another text for good.
  partVector (encoded, random) {
    const vector = new Map()
    for (const [client, clock] of Y.decodeStateVector(encoded)) {
      const starts = [...(this.starts.get(client) ?? [])].filter((start) => start <= clock)
      if (starts.length && random.chance(0.8)) vector.set(client, random.pick(starts))
    }
    return Y.encodeStateVector(vector)
  }

  // What is sent to a replica that knows any part.
  async cut (random) {
    const ours = this.clients.find((client) => client.twin)
    if (!ours) return
    const encoded = this.anyVector(ours.twin.vector(), random)
    const state = await ours.encode(encoded)
    const wanted = ours.twin.encode(encoded)
    this.count('cut states', base64(state) === base64(wanted))
    if (state.length > wanted.length * 1.01) throw new Difference(`a cut state of ${state.length} bytes, of yjs ${wanted.length}`)
    await this.diff(wanted, encoded, random)
    await this.diff(ours.twin.encode(), encoded, random)
  }
}
