// What only yjs makes: XML, subdocuments, types in texts, attributes of texts. The engine keeps it and passes it on. No surrogate
// pairs in XML: yjs breaks those at any place that it looks for, even when nothing changes there and nobody is told.

import * as Y from 'yjs'

// All elements, texts and fragments in the root "xml" and in the values of "meta".
const listXml = (doc) => {
  const result = []
  const add = (type) => {
    if (!(type instanceof Y.XmlHook)) result.push(type)
    if (type instanceof Y.XmlFragment) type.toArray().forEach(add)
  }
  add(doc.getXmlFragment('xml'))
  for (const value of doc.getMap('meta').values()) {
    if (value instanceof Y.XmlFragment || value instanceof Y.XmlText) add(value)
  }
  return result
}

const newNode = (random) => {
  switch (random.below(4)) {
    case 0: return new Y.XmlText(random.pick(['in é日', '', '<b>&"']))
    case 1: return new Y.XmlHook(random.pick(['widget', 'é']))
    default: {
      const element = new Y.XmlElement(random.pick(['p', 'h1', 'IMG', 'é']))
      if (random.chance(0.4)) element.setAttribute('id', `v${random.below(9)}`)
      if (random.chance(0.4)) element.insert(0, [new Y.XmlText('born inside'), new Y.XmlElement('b')])
      return element
    }
  }
}

const editXml = (doc, random) => {
  const node = random.pick(listXml(doc))
  if (node instanceof Y.XmlText) {
    const at = random.below(node.length + 1)
    const rest = node.length - at
    switch (random.below(4)) {
      case 0: return rest && node.delete(at, random.between(1, rest))
      case 1: return rest && node.format(at, random.between(1, rest), { [random.pick(['b', 'i'])]: random.pick([{}, { x: '1' }, null]) })
      case 2: return node.setAttribute(random.pick(['id', 'lang']), `t${random.below(9)}`)
      default: return node.insert(at, random.pick(['text', 'é日', '\n']))
    }
  }
  const element = node instanceof Y.XmlElement
  switch (random.below(element ? 5 : 3)) {
    case 0: return node.length && node.delete(random.below(node.length), 1)
    case 1:
    case 2: return node.insert(random.below(node.length + 1), [newNode(random), newNode(random)].slice(random.below(2)))
    case 3: return node.setAttribute(random.pick(['id', 'class', 'é']), random.pick(['', 'x y', `v${random.below(9)}`]))
    default: return node.removeAttribute(random.pick(['id', 'class']))
  }
}

const newSubdoc = (random) =>
  new Y.Doc({
    guid: `sub-${random.below(1e6)}`,
    ...random.pick([{}, { autoLoad: false }, { autoLoad: true }, { meta: { a: [random.below(9), null, 'é'] } }, { gc: false, shouldLoad: false }])
  })

const embedType = (doc, random) => {
  const code = doc.getText('code')
  const type = random.pick([() => new Y.Map([['x', 1]]), () => Y.Array.from([1, 'y']), () => new Y.Text('inside')])()
  return code.insertEmbed(random.below(code.length + 1), type, random.chance(0.3) ? { bold: true } : undefined)
}

export const editForeign = (doc, random, traits) => {
  const meta = doc.getMap('meta')
  const list = doc.getArray('list')
  if (traits.embed && random.chance(0.5)) return embedType(doc, random)
  if (traits.xml && random.chance(0.8)) return editXml(doc, random)
  switch (random.below(7)) {
    case 0: return editXml(doc, random)
    case 1: return meta.set(`doc${random.below(2)}`, newSubdoc(random))
    case 2: return list.insert(random.below(list.length + 1), [newSubdoc(random)])
    case 3: return meta.set('node', random.pick([() => new Y.XmlFragment(), () => new Y.XmlText('alone é日'), () => newNode(random)])())
    case 4: return list.insert(random.below(list.length + 1), [newNode(random)])
    case 5: return doc.getText('notes').setAttribute(random.pick(['lang', 'x']), random.pick(['c', 5, null, { a: 1 }]))
    default: return list.length && list.delete(random.below(list.length), 1)
  }
}
