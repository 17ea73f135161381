// Documents of yjs as JSON with the tags of the fixtures, and what is compared.

import * as Y from 'yjs'
import { wellFormed } from './interop-plan.mjs'

export const ROOTS = { code: 'text', notes: 'text', meta: 'map', list: 'array', xml: 'xml' }

export const base64 = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
export const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'))

export class Difference extends Error {}

// One root by its kind.
export const root = (doc, name) => {
  switch (ROOTS[name]) {
    case 'text': return doc.getText(name)
    case 'map': return doc.getMap(name)
    case 'array': return doc.getArray(name)
    default: return doc.getXmlFragment(name)
  }
}

export const view = (value) => {
  if (value === undefined) return { $undefined: true }
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return wellFormed(value)
  if (typeof value === 'bigint') return { $bigint: String(value) }
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return { $number: '-0' }
    return Number.isFinite(value) ? value : { $number: String(value) }
  }
  if (value instanceof Uint8Array) return { $bytes: base64(value) }
  if (value instanceof Y.Doc) return { $subdoc: value.guid }
  if (value instanceof Y.XmlFragment || value instanceof Y.XmlText || value instanceof Y.XmlHook) {
    return { $xml: wellFormed(value.toString()) }
  }
  if (value instanceof Y.Text) return { $text: wellFormed(value.toString()) }
  if (value instanceof Y.Array) return { $array: value.toArray().map(view) }
  if (value instanceof Y.Map) {
    return { $map: Object.fromEntries([...value.entries()].map(([key, item]) => [key, view(item)])) }
  }
  if (Array.isArray(value)) return value.map(view)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, view(item)]))
}

// All roots, as the command "json" shows them.
export const viewRoots = (doc) => ({
  code: wellFormed(doc.getText('code').toString()),
  notes: wellFormed(doc.getText('notes').toString()),
  meta: view(doc.getMap('meta')),
  list: view(doc.getArray('list')),
  xml: wellFormed(doc.getXmlFragment('xml').toString())
})

export const viewDelta = (text) =>
  text.toDelta().map(({ insert, attributes }) => ({
    insert: view(insert),
    ...(attributes ? { attributes: view(attributes) } : {})
  }))

// The reverse of the tags in plain values; nested types are made.
export const parse = (json) => {
  if (Array.isArray(json)) return json.map(parse)
  if (json === null || typeof json !== 'object') return json
  const [tag] = Object.keys(json)
  switch (tag) {
    case '$undefined': return undefined
    case '$bigint': return BigInt(json.$bigint)
    case '$number': return Number(json.$number)
    case '$bytes': return bytes(json.$bytes)
    case '$text': return new Y.Text(json.$text)
    case '$array': return Y.Array.from(json.$array.map(parse))
    case '$map': return new Y.Map(Object.entries(json.$map).map(([key, item]) => [key, parse(item)]))
    default:
      return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, parse(item)]))
  }
}

// JSON with members in order, so that equal content is equal text.
export const canonical = (value) =>
  JSON.stringify(value, (_, item) =>
    item && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item)
