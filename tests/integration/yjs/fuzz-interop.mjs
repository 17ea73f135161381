// Random sessions of real yjs and the engine, which is driven through ent-doc-tool.
//
//   node fuzz-interop.mjs --tool PATH [--seed N] [--sessions M] [--only SESSION] [--kind NAME] [--parallel P]
//     [--keep-going] [--strict]
//
// The same seed gives the same sessions. On a difference it prints the seed, the number of the session and the
// shortest replay found, and ends with status 1. README.md says what a session does and what is compared.

import { parseArgs } from 'node:util'
import { KINDS, makePlan } from './interop-plan.mjs'
import { Tool } from './interop-tool.mjs'

const { Session, AwarenessSession } = await Promise.all([import('./interop-session.mjs'), import('./interop-awareness.mjs')]).then(
  (modules) => Object.assign({}, ...modules)
).catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  console.log(`The Yjs packages are missing: run build-aux/install-npm.sh yjs FOLDER, or set ENTREVUE_WITHOUT_YJS=1 (${error.message})`)
  process.exit(process.env.ENTREVUE_WITHOUT_YJS ? 77 : 1)
})

const { values: options } = parseArgs({
  options: {
    tool: { type: 'string', default: process.env.ENT_DOC_TOOL },
    seed: { type: 'string', default: '1' },
    sessions: { type: 'string', default: '2000' },
    only: { type: 'string' },
    kind: { type: 'string' },
    parallel: { type: 'string', default: '32' },
    strict: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false }
  }
})
if (!options.tool || (options.kind && !KINDS[options.kind])) {
  console.error('usage: fuzz-interop.mjs --tool PATH [--seed N] [--sessions M] [--only SESSION] [--kind NAME] [--parallel P] [--keep-going] [--strict]')
  process.exit(2)
}

const seed = Number(options.seed)
const sessions = Number(options.sessions)
const counts = {}
const failures = []
let tool = new Tool(options.tool)

const attempt = async (plan, into) => {
  if (tool.ended) tool = new Tool(options.tool)
  const session = KINDS[plan.kind].presence ? new AwarenessSession(tool, plan, into) : new Session(tool, plan, into, options.strict)
  try {
    await session.run()
    return null
  } catch (error) {
    return { error, trace: session.trace }
  }
}

// Leaves out steps as long as the session still fails in the same way.
const minimise = async (plan, first) => {
  const kindOf = ({ error }) => error.message.split('\n')[0].replace(/[^a-z]+/gi, ' ').slice(0, 16)
  const deadline = Date.now() + 60000
  let best = { plan, failure: first }
  for (let size = Math.ceil(plan.steps.length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0) {
    for (let from = 0; from < best.plan.steps.length && Date.now() < deadline;) {
      const steps = best.plan.steps.filter((_, i) => i < from || i >= from + size)
      const failure = await attempt({ ...best.plan, steps }, {})
      if (failure && kindOf(failure) === kindOf(first)) best = { plan: { ...best.plan, steps }, failure }
      else from += size
    }
  }
  return best
}

const report = async (plan, failure) => {
  const { plan: small, failure: { error, trace } } = await minimise(plan, failure)
  console.log(`\nsession ${plan.no} of seed ${seed} (${plan.kind}): again by --seed ${seed} --only ${plan.no}${options.kind ? ` --kind ${options.kind}` : ''}`)
  console.log(`clients ${JSON.stringify(small.clients)}`)
  for (const line of trace) console.log('  ' + line.map((part) => (typeof part === 'object' ? JSON.stringify(part) : part)).join(' '))
  console.log(error.constructor.name === 'Difference' ? `differs: ${error.message}` : error.stack)
}

const started = Date.now()
let next = options.only ? Number(options.only) : 0
const end = options.only ? next + 1 : sessions
const stopped = () => failures.length > 0 && !options['keep-going']
const worker = async () => {
  while (next < end && !stopped()) {
    const plan = makePlan(seed, next++, options.kind)
    const failure = await attempt(plan, counts)
    if (failure) failures.push([plan, failure])
  }
}
await Promise.all(Array.from({ length: Number(options.parallel) }, worker))
for (const [plan, failure] of failures.slice(0, 5)) await report(plan, failure)
if (failures.length) {
  console.log(`\n${failures.length} sessions differ: ${failures.slice(0, 50).map(([{ no, kind }]) => `${no} (${kind})`).join(', ')}`)
}
tool.close()

const share = ({ equal, all }) => `${equal} of ${all} equal (${((equal / all) * 100).toFixed(3)} %)`
console.log(`${end - (options.only ? end - 1 : 0)} sessions of seed ${seed} in ${((Date.now() - started) / 1000).toFixed(1)} s, ${tool.commands} commands`)
for (const [what, value] of Object.entries(counts)) console.log(`  ${what}: ${typeof value === 'number' ? value : share(value)}`)
process.exitCode = failures.length ? 1 : 0
