// The pipe to ent-doc-tool: commands go out in batches, answers come back in order.

import { spawn } from 'node:child_process'

export class Tool {
  constructor (path) {
    this.child = spawn(path, [], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.waiting = []
    this.first = 0
    this.out = []
    this.rest = ''
    this.commands = 0
    this.child.stdout.setEncoding('utf8')
    this.child.stdout.on('data', (text) => this.take(text))
    this.child.stdin.on('error', () => {}) // the exit tells more
    this.child.on('exit', (code, signal) => this.end(code, signal))
  }

  take (text) {
    const lines = (this.rest + text).split('\n')
    this.rest = lines.pop()
    for (const line of lines) this.waiting[this.first++].resolve(JSON.parse(line))
    if (this.first > 4096) {
      this.waiting.splice(0, this.first)
      this.first = 0
    }
  }

  end (code, signal) {
    const error = new Error(`ent-doc-tool ended (${signal ?? code})`)
    this.ended = error
    for (const { reject } of this.waiting.splice(this.first)) reject(error)
  }

  flush () {
    if (this.out.length) this.child.stdin.write(this.out.join(''))
    this.out = []
  }

  // The answer as it is, errors included.
  ask (command) {
    if (this.ended) return Promise.reject(this.ended)
    this.commands++
    if (this.out.length === 0) setImmediate(() => this.flush())
    this.out.push(JSON.stringify(command) + '\n')
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }))
  }

  // The answer, where an error is a failure.
  async call (command) {
    const answer = await this.ask(command)
    if (answer.error) throw new Error(`ent-doc-tool refused ${JSON.stringify(command)}: ${answer.error}`)
    return answer
  }

  close () {
    this.flush()
    this.child.stdin.end()
  }
}
