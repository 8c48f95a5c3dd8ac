// A program of ours as a child process: its lines are kept, and waited for.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export class Peer {
  constructor (program, args = []) {
    this.lines = []
    this.waiting = []
    this.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.exited = new Promise(resolve => this.child.on('exit', resolve))
    createInterface({ input: this.child.stdout }).on('line', line => {
      this.lines.push(line)
      this.waiting = this.waiting.filter(waits => !waits(line))
    })
  }

  /** The first line, past or to come, that begins with `start` and is not yet taken. */
  async line (start, timeoutMs = 10000) {
    const at = this.lines.findIndex(line => line.startsWith(start))
    if (at >= 0) return this.lines.splice(at, 1)[0]
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no line "${start}" in ${timeoutMs} ms`)), timeoutMs)
      this.waiting.push(line => {
        if (!line.startsWith(start)) return false
        clearTimeout(timer)
        this.lines.splice(this.lines.indexOf(line), 1)
        resolve(line)
        return true
      })
    })
  }

  say (command) { this.child.stdin.write(command + '\n') }

  async stop () {
    this.child.stdin.end()
    assert.equal(await this.exited, 0)
  }
}
