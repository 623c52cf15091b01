/** What the house forbids in the page. The two import rules are the page's share of the project's invariants. */
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const onlyHostKnowsTheShell = {
  group: ['@tauri-apps/*'],
  message: 'Only src/host may know the desktop shell.',
};
const featuresStandAlone = {
  group: ['**/features/*', '**/features/*/**'],
  message: 'A feature imports no other feature: share through kit, feeds or app/place.',
};

export default ts.config(
  { ignores: ['dist', 'src/paraglide', 'src/generated', 'project.inlang'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      // `let` is how a bindable prop is declared, and `$props()` mixes both.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  {
    files: ['src/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [onlyHostKnowsTheShell] }] },
  },
  { files: ['src/host/**'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['src/features/**', 'src/feeds/**', 'src/kit/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [onlyHostKnowsTheShell, featuresStandAlone] }] },
  },
  { files: ['*.js'], ...ts.configs.disableTypeChecked },
);
