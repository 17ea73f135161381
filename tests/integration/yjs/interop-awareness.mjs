// Runs one random session of presence: states that people set, leave, and that a relay removes, delivered in any order and
// more than once. Beside each of ours stands the awareness of y-protocols with the same client ID; both always know the same.

import * as Y from 'yjs'
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness'
import { Random } from './interop-plan.mjs'
import { Difference, base64, bytes, canonical } from './interop-view.mjs'

const STATES = [{}, { x: 1 }, { user: { name: 'é😀"\\', color: '#fff' } }, { cursor: { anchor: null, head: { tname: 'code', assoc: -1 } } },
  [1, 'a', null, true], 'text', 5, 0.1, -1.5e-7, 1e21, 123456789012345680000, 5e-324, 1e-6, 1.7976931348623157e308, '\u0000\b',
  true, { a: [], b: {} }, null, null]

export class AwarenessSession {
  constructor (tool, plan, counts) {
    this.tool = tool
    this.plan = plan
    this.counts = counts
    this.trace = []
    this.updates = []
    this.peers = []
  }

  count (what) {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }

  async run () {
    try {
      for (const { id } of this.plan.clients.filter(({ id }) => id < 2 ** 32)) {
        const awareness = new Awareness(new Y.Doc())
        awareness.doc.clientID = awareness.clientID = id
        awareness.states.clear()
        awareness.meta.clear()
        awareness.meta.set(id, { clock: 0, lastUpdated: 0 })
        this.peers.push({ id, awareness, name: `p${this.plan.no}-${this.peers.length}` })
        await this.tool.call({ op: 'new', doc: this.peers.at(-1).name, client: id })
      }
      for (const { who, seed } of this.plan.steps) await this.step(this.peers[who % this.peers.length], new Random(seed))
    } finally {
      for (const { awareness, name } of this.peers) {
        awareness.destroy()
        this.tool.ask({ op: 'free', doc: name })
      }
    }
  }

  async step (peer, random) {
    const { awareness, id, name } = peer
    const dice = random.next()
    if (dice < 0.4 || !this.updates.length) {
      const state = random.pick(STATES)
      this.trace.push([name, 'set', JSON.stringify(state)])
      awareness.setLocalState(state)
      await this.tool.call({ op: 'awareness-set', doc: name, state })
      this.updates.push(await this.encode(peer, [id]))
    } else if (dice < 0.5) {
      const others = [...awareness.getStates().keys()].filter((other) => other !== id && random.chance(0.6))
      this.trace.push([name, 'remove', others])
      removeAwarenessStates(awareness, others, 'relay')
      await this.tool.call({ op: 'awareness-remove', doc: name, clients: others })
      if (others.length) this.updates.push(await this.encode(peer, others))
    } else {
      for (const update of random.shuffle(this.updates).slice(0, random.between(1, 4))) {
        this.trace.push([name, 'apply', base64(update)])
        applyAwarenessUpdate(awareness, update, 'remote')
        await this.tool.call({ op: 'awareness-apply', doc: name, update: base64(update) })
        this.count('presence updates')
      }
    }
    await this.compare(peer)
  }

  async encode ({ awareness, name }, clients) {
    const theirs = base64(encodeAwarenessUpdate(awareness, clients))
    const { update } = await this.tool.call({ op: 'awareness-encode', doc: name, clients })
    if (update !== theirs) throw new Difference(`presence of ${clients}\n  engine ${update}\n  yjs    ${theirs}`)
    return bytes(update)
  }

  async compare (peer) {
    const { awareness, name } = peer
    const { states, clocks } = await this.tool.call({ op: 'awareness-states', doc: name })
    const theirs = { states: {}, clocks: {} }
    for (const [client, state] of awareness.getStates()) {
      theirs.states[client] = state
      theirs.clocks[client] = awareness.meta.get(client).clock
    }
    if (canonical({ states, clocks }) !== canonical(theirs)) {
      throw new Difference(`the states of ${name}\n  engine ${canonical({ states, clocks })}\n  yjs    ${canonical(theirs)}`)
    }
    const known = [...awareness.meta.keys()].filter((client) => awareness.meta.get(client).clock > 0)
    if (known.length) await this.encode(peer, known)
  }
}
