// The list of appointments by the frameworks that the coordinator is compared with, with their good settings: a key object, a
// statement prepared once, and a schema where the framework makes JSON by one. node http-peer.mjs fastify|express DATABASE SQL_FILE
// with the secret in the environment; prints its port.
import fs from 'node:fs'
import { createSecretKey } from 'node:crypto'
import Database from 'better-sqlite3'
import jwt from 'jsonwebtoken'

const [kind, databasePath, sqlPath] = process.argv.slice(2)
const key = createSecretKey(Buffer.from(process.env.BENCH_SECRET, 'hex'))
const database = new Database(databasePath, { readonly: true })
const names = ['org', 'afterTime', 'afterId', 'from', 'until', 'limit']
const statement = database.prepare(fs.readFileSync(sqlPath, 'utf8').replace(/\$(\d)/g, (_, n) => ':' + names[n - 1]))

const time = us => new Date(us / 1000).toISOString()

const check = header => {
  if (!header?.startsWith('Bearer ')) return null
  try {
    return jwt.verify(header.slice(7), key, { algorithms: ['HS256'], issuer: 'bench', audience: 'bench' })
  } catch {
    return null
  }
}

const list = org => {
  const from = Date.now() * 1000
  const rows = statement.all({ org, afterTime: from - 12 * 3600e6, afterId: '', from, until: 2 ** 53, limit: 20 })
  const items = rows.map(r => ({
    id: r.id, org: r.org, interviewer: r.interviewer, interviewer_name: r.name, title: r.title, starts: time(r.starts_at),
    ends: time(r.ends_at), zone: r.zone, state: r.taken < r.capacity ? 'open' : 'booked'
  }))
  const last = rows[rows.length - 1]
  return { items, next: rows.length === 20 ? `${last.starts_at}:${last.id}` : undefined }
}

if (kind === 'fastify') {
  const { default: fastify } = await import('fastify')
  const app = fastify()
  const text = { type: 'string' }
  const item = Object.fromEntries(['id', 'org', 'interviewer', 'interviewer_name', 'title', 'starts', 'ends', 'zone', 'state']
    .map(name => [name, text]))
  const schema = { response: { 200: { type: 'object', properties: {
    items: { type: 'array', items: { type: 'object', properties: item } }, next: text } } } }
  app.get('/api/slots', { schema }, (request, reply) => {
    const claims = check(request.headers.authorization)
    reply.header('Cache-Control', 'no-store')
    if (!claims) return reply.code(401).send({})
    return reply.send(list(claims.org))
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  console.log(app.server.address().port)
} else {
  const { default: express } = await import('express')
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.get('/api/slots', (request, response) => {
    const claims = check(request.headers.authorization)
    response.set('Cache-Control', 'no-store')
    if (!claims) return response.status(401).json({})
    return response.json(list(claims.org))
  })
  const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port))
}
