// Only rules that find faults: how code is laid out is Prettier's to say, and what is unused the compiler's.
import hooks from 'eslint-plugin-react-hooks'
import { defineConfig } from 'eslint/config'
import ts from 'typescript-eslint'

export default defineConfig(
  { ignores: ['dist', 'public', 'screenshots', 'src/api/schema.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [ts.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-unused-vars': 'off', // tsconfig.json: noUnusedLocals, noUnusedParameters
      '@typescript-eslint/require-await': 'off', // what answers a promise may have nothing to wait for
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    extends: [hooks.configs.flat.recommended],
    rules: { 'react-hooks/preserve-manual-memoization': 'off' }, // what React's compiler would skip; it builds nothing here
  },
)
