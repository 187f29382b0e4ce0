import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { transformWithOxc, type Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

// The API that `npm run dev` talks to: a `peakseat run` on this machine.
const api = process.env.PEAKSEAT_URL ?? 'http://127.0.0.1:8080'

/** pure answers what a module without imports exports. */
async function pure<T>(file: string): Promise<T> {
  const { code } = await transformWithOxc(readFileSync(file, 'utf8'), file)
  return (await import('data:text/javascript,' + encodeURIComponent(code))) as T
}

// A words.ts holds both languages; asked for as words.ts?zh it is Chinese alone, so that nobody loads what they do not read.
const oneLanguage: Plugin = {
  name: 'one-language',
  enforce: 'pre',
  async load(id) {
    const [, file, language] = /^(.+\.ts)\?(zh|en)$/.exec(id) ?? []
    if (!file || !language) return
    this.addWatchFile(file)
    const { default: words } = await pure<{ default: Record<string, unknown> }>(file)
    return 'export default ' + JSON.stringify(words[language])
  },
}

// The tokens are CSS variables in the page's head: the frame has its colours before any script has run.
const tokens: Plugin = {
  name: 'tokens',
  async transformIndexHtml() {
    const { light, dark } = await pure<Record<'light' | 'dark', Record<string, string>>>(fileURLToPath(new URL('./src/design/tokens.ts', import.meta.url)))
    const variables = (of: Record<string, string>) => Object.entries(of).map(([name, value]) => `--${name.replace(/[A-Z]/g, (c) => '-' + c.toLowerCase())}:${value}`).join(';')
    return [{ tag: 'style', injectTo: 'head-prepend', children: `:root{${variables(light)}}:root[data-theme=dark]{${variables(dark)}}` }]
  },
}

// The app's code is fetched beside the first script, which will ask for it.
const preloadRoot: Plugin = {
  name: 'preload-root',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle = {} }) {
      const root = Object.values(bundle).find((c) => c.type === 'chunk' && c.facadeModuleId?.endsWith('/src/root.tsx'))
      const files = root?.type === 'chunk' ? [root.fileName, ...root.imports] : []
      return files.filter((file) => !html.includes(file)).map((file) => ({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: '/' + file }, injectTo: 'head' as const }))
    },
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
  plugins: [oneLanguage, tokens, preloadRoot, react(), compress, placeholder],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: { target: 'es2023', chunkSizeWarningLimit: 900, modulePreload: { polyfill: false }, emptyOutDir: true },
  server: { proxy: Object.fromEntries(['/api', '/demo.json', '/openapi.json', '/credentials', '/.well-known'].map((p) => [p, { target: api }])) },
  test: { environment: 'jsdom', setupFiles: './vitest.setup.ts', include: ['src/**/*.test.{ts,tsx}'] },
})
