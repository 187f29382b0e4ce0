import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { transformWithOxc, type Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

// The API that `npm run dev` talks to: a `peakseat run` on this machine.
const api = process.env.PEAKSEAT_URL ?? 'http://127.0.0.1:8080'

// A words.ts holds both languages; asked for as words.ts?zh it is Chinese alone, so that nobody loads what they do not read.
const oneLanguage: Plugin = {
  name: 'one-language',
  enforce: 'pre',
  async load(id) {
    const [, file, language] = /^(.+\.ts)\?(zh|en)$/.exec(id) ?? []
    if (!file || !language) return
    this.addWatchFile(file)
    const { code } = await transformWithOxc(readFileSync(file, 'utf8'), file)
    const { default: words } = (await import('data:text/javascript,' + encodeURIComponent(code))) as { default: Record<string, unknown> }
    return 'export default ' + JSON.stringify(words[language])
  },
}

// Every text file lies beside its compressed forms, so that the server only picks one.
const compress = {
  name: 'compress',
  apply: 'build' as const,
  closeBundle() {
    const dist = fileURLToPath(new URL('./dist', import.meta.url))
    for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((f) => /\.(js|css|html|svg)$/.test(f))) {
      const text = readFileSync(join(dist, file))
      writeFileSync(join(dist, file + '.br'), brotliCompressSync(text))
      writeFileSync(join(dist, file + '.gz'), gzipSync(text, { level: 9 }))
    }
  },
}

// The placeholder keeps the folder in the repository, so that Go builds without the app.
const placeholder = { name: 'placeholder', apply: 'build' as const, closeBundle: () => writeFileSync(fileURLToPath(new URL('./dist/.gitkeep', import.meta.url)), '') }

export default defineConfig({
  plugins: [oneLanguage, react(), compress, placeholder],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: { target: 'es2023', chunkSizeWarningLimit: 900, modulePreload: { polyfill: false }, emptyOutDir: true },
  server: { proxy: Object.fromEntries(['/api', '/demo.json', '/openapi.json', '/credentials', '/.well-known'].map((p) => [p, { target: api }])) },
  test: { environment: 'jsdom', setupFiles: './vitest.setup.ts', include: ['src/**/*.test.{ts,tsx}'] },
})
