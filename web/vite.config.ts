import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// The API that `npm run dev` talks to: a `peakseat run` on this machine.
const api = process.env.PEAKSEAT_URL ?? 'http://127.0.0.1:8080'

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
  plugins: [react(), compress, placeholder],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: { target: 'es2023', chunkSizeWarningLimit: 900, modulePreload: { polyfill: false }, emptyOutDir: true },
  server: { proxy: Object.fromEntries(['/api', '/demo.json', '/openapi.json', '/credentials', '/.well-known'].map((p) => [p, { target: api }])) },
  test: { environment: 'jsdom', setupFiles: './vitest.setup.ts', include: ['src/**/*.test.{ts,tsx}'] },
})
