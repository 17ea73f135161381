// What happens in a random session: who takes part, and steps that each carry a seed of their own, so that
// a session with steps left out still runs and failures can be made small.

// What UTF-8 makes of half a surrogate pair; Node 18 has no String.toWellFormed().
export const wellFormed = (text) => Buffer.from(text).toString()

// mulberry32, with what sessions need.
export class Random {
  constructor (seed) {
    this.state = seed >>> 0
  }

  next () {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  below (n) {
    return Math.floor(this.next() * n)
  }

  between (low, high) {
    return low + this.below(high - low + 1)
  }

  chance (share) {
    return this.next() < share
  }

  pick (list) {
    return list[this.below(list.length)]
  }

  shuffle (list) {
    const result = [...list]
    for (let i = result.length - 1; i > 0; i--) {
      const k = this.below(i + 1)
      ;[result[i], result[k]] = [result[k], result[i]]
    }
    return result
  }

  seed () {
    return Math.floor(this.next() * 4294967296)
  }
}

const ASCII = ['a', 'b', 'x', '0', ' ', '\n', '\t', 'if (', 'return ', '};\r\n', '/* c */', 'while', '"str"']
const UNICODE = ['é', 'ß', 'Ж', '日', '한', '\u0000', '\ufeff', '\uffff', '\u0301', '\u200d', '\r\n', '€', 'a', 'λ']
const EMOJI = ['😀', '👍🏽', '👩‍💻', '🇫🇷', '𝒳', '𐀀', '\u{10ffff}', '🧑‍🧑‍🧒', 'a', '日']
// Halves alone; the high one beside U+FFFD, because yjs replaces what follows it when it splits there.
const BROKEN = ['x\ude00', '\ud83d\ufffd', 'ab', '😀', '\udfffz']

// What sessions of a kind do beside text in the roots "code" and "notes".
export const KINDS = {
  plain: {},
  hotspot: { hot: true },
  unicode: { alphabet: UNICODE },
  emoji: { alphabet: EMOJI },
  split: { alphabet: EMOJI, split: true },
  broken: { alphabet: BROKEN, split: true },
  map: { map: true },
  array: { array: true },
  nested: { map: true, array: true, nested: true },
  undo: { undo: true },
  'undo-split': { undo: true, alphabet: EMOJI, split: true, hot: true },
  'undo-nested': { undo: true, map: true, array: true, nested: true },
  format: { format: true },
  'format-undo': { format: true, undo: true },
  embed: { embed: true, format: true },
  'embed-undo': { embed: true, format: true, undo: true, foreign: true, alphabet: EMOJI },
  overlap: { format: true, hot: true },
  foreign: { foreign: true, map: true, array: true },
  xml: { foreign: true, xml: true },
  'xml-undo': { foreign: true, xml: true, undo: true, scopes: true },
  scopes: { undo: true, scopes: true, map: true, array: true, nested: true },
  rename: { undo: true, rename: true, map: true },
  everything: { foreign: true, map: true, array: true, nested: true, undo: true, embed: true, format: true, alphabet: EMOJI },
  presence: { presence: true },
  long: { long: true, alphabet: [...ASCII, ...UNICODE, ...EMOJI] }
}

// What undo may watch; mostly the first three.
const SCOPES = ['code', 'meta', 'list', 'notes', 'xml']

const clientId = (random) => {
  switch (random.below(6)) {
    case 0: return random.between(1, 127)
    case 1: return random.between(128, 70000)
    default: return random.between(70001, 4294967295)
  }
}

export const makePlan = (seed, no, kind, size) => {
  const random = new Random(seed * 1000003 + no * 7919 + 17)
  kind ??= random.pick(Object.keys(KINDS))
  const traits = KINDS[kind]
  const gc = random.chance(0.7)
  const clients = []
  const ids = new Set()
  for (let i = random.between(2, 5); i > 0; i--) {
    // At least one of each; yjs alone has IDs over 2^32.
    const ent = clients.length < 2 ? clients.length === 0 : random.chance(0.5)
    let id = !ent && random.chance(0.15) ? random.between(2 ** 32, 2 ** 53 - 1) : clientId(random)
    while (ids.has(id)) id = clientId(random)
    ids.add(id)
    clients.push({ id, ent, gc: random.chance(0.9) ? gc : !gc })
  }
  const steps = []
  for (let i = random.between(5, size ?? 40); i > 0; i--) {
    const who = random.below(clients.length)
    let t = 'edit'
    const dice = random.next()
    if (dice < 0.35) t = 'receive'
    else if (dice < 0.42) t = 'position'
    else if (traits.rename && dice < 0.47) t = 'rename'
    else if (traits.undo && dice < 0.62) t = random.pick(['undo', 'undo', 'redo', 'stop'])
    steps.push({ t, who, seed: random.seed() })
  }
  const scope = traits.scopes ? random.shuffle(SCOPES).slice(0, random.between(1, SCOPES.length)) : SCOPES.slice(0, 3)
  return { no, kind, gc, clients, scope, steps, finish: random.seed() }
}

// A client ID that nobody in the session has had.
export const freshClientId = (random) => random.between(2 ** 31, 2 ** 32 - 1)

// --- edits ---

const text = (random, traits) => {
  const alphabet = traits.alphabet ?? ASCII
  let result = ''
  for (let i = random.chance(0.6) ? 1 : random.between(1, 4); i > 0; i--) result += random.pick(alphabet)
  if (traits.long && random.chance(0.3)) result = result.repeat(random.between(5, 200))
  if (traits.long && random.chance(0.02)) result = result.repeat(200).slice(0, 20000)
  return traits.alphabet === BROKEN ? result : wellFormed(result)
}

// Values are flat: of nested ones yjs compares the identity.
const MARKS = [{ bold: true }, { bold: null }, { italic: true }, { italic: null }, { color: 'red' }, { color: { r: 1 } },
  { bold: true, color: 'blue' }, { link: 'x', italic: null }, {}, { bold: true, italic: true }, { color: null, bold: null },
  { size: 12, font: '', flat: { x: 1, y: null } }, { size: null, bold: true }, { zero: 0, no: false }, { a: [0.1, -1.5e-7, 1e21, 12e19, 5e-324, 1e-6], e: 1.5 }, { 'clé😀': 'é"\\' }]

const VALUES = [0, 1, -1, 63, 64, -64, 127, 2147483647, 2147483648, -2147483648, 0.5, 1.1, 1e300, { $number: 'NaN' }, { $number: '-0' },
  { $number: '-Infinity' }, true, false, null, '', 'text 👩‍💻', [1, 'x', null, []], { a: 1, b: { c: [true] } }, {},
  { $bytes: 'AAF/gP8=' }, { $bytes: '' }, { $number: 'Infinity' }, -2147483647, 2147483646, 4294967296, 9007199254740991, -9007199254740991,
  16777217, 3.4028234663852886e38, 1.401298464324817e-45, 5e-324, -1.7976931348623157e308, 0.1, -0.25, 123456.789, '\u0000\ufeff\uffff',
  { n: { $number: 'NaN' }, z: { $number: '-0' }, u: { $undefined: true }, i: { $bigint: '9223372036854775807' }, b: { $bytes: '/w==' } },
  [{ $undefined: true }, { $bigint: '-9223372036854775808' }, { $bytes: 'AA==' }, [[[{ $number: '-Infinity' }]]]], 'x'.repeat(300)]
// Not in arrays: yjs refuses them there.
const MAP_VALUES = [...VALUES, { $undefined: true }, { $bigint: '-9007199254740993' }, { $bigint: '0' }]
const NESTED = [{ $map: {} }, { $array: [] }, { $text: '' }, { $text: 'nested 😀' }, { $map: { in: 1, deep: { $array: [1, { $map: {} }] } } },
  { $array: [1, 'x', { $text: 'deep' }, 2, 3] }, { $map: { of: { $map: { maps: { $map: { x: { $bytes: 'AQ==' } } } } } } },
  { $array: [{ $array: [{ $array: [null, { $text: '😀' }] }] }, { $undefined: true }].slice(0, 1) }]
const KEYS = ['', 'n', 'lang', 'title', 'clé😀', 'a"\\b', '__proto__', 'constructor']

// A place in content, not between the halves of a pair unless wanted.
const place = (random, traits, content) => {
  let at = traits.hot ? Math.min(content.length, random.below(4)) : random.below(content.length + 1)
  if (!traits.split && at > 0 && at < content.length && /[\udc00-\udfff]/.test(content[at]) && /[\ud800-\udbff]/.test(content[at - 1])) at--
  return at
}

const range = (random, traits, content) => {
  const index = place(random, traits, content)
  const most = Math.min(content.length - index, random.chance(0.8) ? 6 : 60)
  let length = random.below(most + 1)
  const end = index + length
  if (!traits.split && end > 0 && end < content.length && /[\udc00-\udfff]/.test(content[end]) && /[\ud800-\udbff]/.test(content[end - 1])) length--
  return { index, length }
}

const textEdit = (random, traits, target, content) => {
  const dice = random.next()
  const own = target.path === undefined
  if (traits.format && own && dice < 0.3) {
    return { op: 'format', ...target, ...range(random, traits, content), attributes: random.pick(MARKS) }
  }
  if (traits.embed && own && dice < 0.4) {
    const attributes = random.chance(0.3) ? { attributes: random.pick(MARKS) } : {}
    return { op: 'embed', ...target, index: place(random, traits, content), embed: random.pick([{ image: random.below(9) }, { n: [1e21, 2.5e-8, 100.25], '': null }]), ...attributes }
  }
  if (content.length && dice > 0.65) return { op: 'delete', ...target, ...range(random, traits, content) }
  const attributes = traits.format && own && random.chance(0.3) ? { attributes: random.pick(MARKS) } : {}
  return { op: 'insert', ...target, index: place(random, traits, content), text: text(random, traits), ...attributes }
}

const mapEdit = (random, traits, target, map) => {
  const present = Object.keys(map)
  if (present.length && random.chance(0.25)) return { op: 'map-delete', ...target, key: random.pick(present) }
  const value = traits.nested && random.chance(0.35) ? random.pick(NESTED) : random.pick(MAP_VALUES)
  return { op: 'map-set', ...target, key: random.pick(KEYS), value }
}

const arrayEdit = (random, traits, target, array) => {
  if (array.length && random.chance(0.35)) {
    const index = random.below(array.length)
    return { op: 'array-delete', ...target, index, length: random.between(1, Math.min(4, array.length - index)) }
  }
  const values = []
  for (let i = random.between(1, 4); i > 0; i--) {
    values.push(traits.nested && random.chance(0.3) ? random.pick(NESTED) : random.pick(VALUES))
  }
  return { op: 'array-insert', ...target, index: random.below(array.length + 1), values }
}

// Every nested type in the JSON of a root: [path, tag, content].
const listNested = (tagged, path, result) => {
  if (tagged === null || typeof tagged !== 'object') return result
  for (const tag of ['$map', '$array', '$text']) {
    if (!(tag in tagged)) continue
    const content = tagged[tag]
    if (path.length) result.push([path, tag, content])
    if (tag !== '$text') {
      for (const [key, item] of Object.entries(content)) listNested(item, [...path, tag === '$map' ? key : Number(key)], result)
    }
  }
  return result
}

// Where sequences are, and how long they are.
export const listTypes = (roots) => {
  const result = [{ target: { root: 'notes' }, length: roots.notes.length }, { target: { root: 'list' }, length: roots.list.$array.length }]
  for (const name of ['meta', 'list']) {
    for (const [path, tag, { length }] of listNested(roots[name], [], [])) {
      if (tag !== '$map') result.push({ target: { root: name, path }, length })
    }
  }
  return result
}

// One edit, as a command of ent-doc-tool, of a document that shows these roots and this code.
export const makeEdit = (random, traits, roots, code) => {
  const dice = random.next()
  if (traits.nested && dice < 0.3) {
    const name = random.pick(['meta', 'list'])
    const nested = listNested(roots[name], [], [])
    if (nested.length) {
      const [path, tag, content] = random.pick(nested)
      const target = { root: name, path }
      if (tag === '$text') return textEdit(random, traits, target, content)
      return (tag === '$map' ? mapEdit : arrayEdit)(random, traits, target, content)
    }
  }
  if (traits.map && dice < 0.55) return mapEdit(random, traits, { root: 'meta' }, roots.meta.$map)
  if (traits.array && dice < 0.75) return arrayEdit(random, traits, { root: 'list' }, roots.list.$array)
  if (dice > 0.92 && !traits.embed) return textEdit(random, { ...traits, format: false }, { root: 'notes' }, roots.notes)
  return textEdit(random, traits, { root: 'code' }, code)
}
