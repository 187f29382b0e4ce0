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

// The tokens are CSS variables in the page's head: the frame has its colours before any script has run. Paper is always light.
const tokens: Plugin = {
  name: 'tokens',
  async transformIndexHtml() {
    const { light, dark } = await pure<Record<'light' | 'dark', Record<string, string>>>(
      fileURLToPath(new URL('./src/design/tokens.ts', import.meta.url)),
    )
    const variables = (of: Record<string, string>) =>
      Object.entries(of)
        .map(([name, value]) => `--${name.replace(/[A-Z]/g, (c) => '-' + c.toLowerCase())}:${value}`)
        .join(';')
    return [
      {
        tag: 'style',
        injectTo: 'head-prepend',
        children: `:root{${variables(light)}}@media not print{:root[data-theme=dark]{${variables(dark)}}}`,
      },
    ]
  },
}

// What the page will ask for is fetched beside its first script: the app's code by everybody; an area's code and the words in one
// language by who will read them, which start.js knows and has the list for.
const ahead: Plugin = {
  name: 'ahead',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle }) {
      if (!bundle) return
      const chunks = Object.values(bundle).filter((c) => c.type === 'chunk')
      const filesOf = (module: string) => {
        const files = new Set<string>()
        const add = (file?: string) => {
          if (!file || files.has(file)) return
          files.add(file)
          chunks.find((c) => c.fileName === file)?.imports.forEach(add)
        }
        add(chunks.find((c) => c.moduleIds.some((id) => id.endsWith(module)))?.fileName)
        return [...files]
      }
      const app = [...new Set([...filesOf('/src/first.ts'), ...filesOf('/src/root.tsx')])]
      const list: Record<string, string[]> = {}
      for (const area of ['agent', 'merchant', 'trainer', 'operator', 'public', 'shared']) {
        list[area] = filesOf(`/src/areas/${area}/index.tsx`)
        for (const language of ['zh', 'en']) list[area + '.' + language] = filesOf(`/src/areas/${area}/words.ts?${language}`)
      }
      for (const page of ['merchant/today/today', 'trainer/courses', 'operator/market'])
        list['/' + page.split('/').slice(0, 2).join('/')] = filesOf(`/src/areas/${page}.tsx`)
      for (const language of ['zh', 'en'])
        list[language] = [...filesOf('/src/words/common.ts?' + language), ...filesOf('/src/shell/words.ts?' + language)]
      for (const of in list) list[of] = list[of]!.filter((file) => !app.includes(file) && !html.includes(file))
      return [
        ...app
          .filter((file) => !html.includes(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: '/' + file },
            injectTo: 'head' as const,
          })),
        {
          tag: 'script',
          attrs: { type: 'application/json', id: 'ahead' },
          children: JSON.stringify(list),
          injectTo: 'head-prepend' as const,
        },
      ]
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
const placeholder = {
  name: 'placeholder',
  apply: 'build' as const,
  closeBundle: () => writeFileSync(fileURLToPath(new URL('./dist/.gitkeep', import.meta.url)), ''),
}

// Few files, in the order in which they are needed: what gets a token, what asks the API, React's, the app that every page stands in, the
// agent's first page. All else is split by who shares it.
const groups = [
  { name: 'start', priority: 4, test: /\/src\/session\/tokens\.ts$|preload-helper/ },
  { name: 'first', priority: 3, test: /\/src\/first\.ts$/ },
  { name: 'dom', priority: 2, test: /\/node_modules\/(react-dom|scheduler)\// },
  {
    name: 'core',
    priority: 1,
    test: /\/src\/(root\.tsx|shell\/.+\.tsx|areas\/\w+\/area\.ts|api\/act\.ts|design\/(button|card|money|page|sheet|skill-tag|state|time)\.tsx)$/,
  },
  { name: 'antd', test: /\/src\/design\/antd\.tsx$/ },
  { name: 'agent', test: /\/src\/areas\/agent\/index\.tsx$/ },
  {
    debugName: 'words',
    name: (id: string) => {
      const language = /\/src\/(?:words\/common|shell\/words)\.ts\?(zh|en)$/.exec(id)?.[1]
      return language ? 'words.' + language : null
    },
  },
]

export default defineConfig({
  plugins: [oneLanguage, tokens, ahead, react(), compress, placeholder],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 900,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/demo.json', '/openapi.json', '^/credentials/[^/]+/.', '/.well-known'].map((p) => [p, { target: api }]),
    ),
  },
  test: { environment: 'jsdom', setupFiles: './vitest.setup.ts', include: ['src/**/*.test.{ts,tsx}'] },
})
