import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    url: string
    chromium: string
  }
}

const binary = fileURLToPath(new URL('../../bin/peakseat', import.meta.url))
const browsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** One `peakseat run` with data of its own, for all journeys; PEAKSEAT_URL names one that runs already. */
export default async function start(project: TestProject) {
  const chromium = process.env.CHROMIUM ?? browsers.find((b) => existsSync(b)) ?? ''
  if (!chromium && process.env.PEAKSEAT_BROWSER === 'required')
    throw new Error('No Chromium found: install it (apt-get install chromium fonts-noto-cjk), or name it in CHROMIUM.')
  project.provide('chromium', chromium)
  if (!chromium) {
    console.warn(
      'No Chromium found: the journeys are skipped. Install it (apt-get install chromium fonts-noto-cjk), or name it in CHROMIUM.',
    )
    project.provide('url', '')
    return
  }
  if (process.env.PEAKSEAT_URL) {
    project.provide('url', process.env.PEAKSEAT_URL)
    return
  }
  const program = await run()
  project.provide('url', program.url)
  return program.stop
}

/** run starts a `peakseat run` with data of its own, which go when it stops. */
export async function run() {
  const data = mkdtempSync(join(tmpdir(), 'peakseat-journey-'))
  chmodSync(data, 0o711) // run by root, PostgreSQL runs as somebody else and must get in
  const program = spawn(binary, ['run', '--addr', '127.0.0.1:0', '--data-dir', data], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<void>((done) => program.once('exit', () => done()))
  let said = ''
  const url = await new Promise<string>((ready, failed) => {
    const timer = setTimeout(() => failed(new Error('peakseat did not start in 80 s:\n' + said)), 80_000)
    const listen = (chunk: Buffer) => {
      said += chunk.toString()
      const match = /is running at (http:\/\/\S+)/.exec(said)
      if (match?.[1]) {
        clearTimeout(timer)
        ready(match[1])
      }
    }
    program.stdout.on('data', listen)
    program.stderr.on('data', listen)
    program.once('exit', (code) => failed(new Error(`peakseat ended with ${code}:\n${said}`)))
  })
  return {
    url,
    stop: async () => {
      program.kill('SIGINT')
      await ended
      rmSync(data, { recursive: true, force: true })
    },
  }
}
