/** The build of the page: one bundle that the desktop shell serves from disk, so nothing is fetched at run time. */
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    paraglideVitePlugin({
      project: './project.inlang',
      outdir: './src/paraglide',
      strategy: ['globalVariable', 'baseLocale'],
      // As the checks compile them, so that both can share the folder.
      outputStructure: 'message-modules',
    }),
    svelte(),
  ],
  // The shell waits for exactly this address while developing.
  server: { port: 5173, strictPort: true, host: '127.0.0.1' },
  clearScreen: false,
  build: {
    outDir: 'dist',
    // WebKitGTK 2.40, WKWebView of macOS 13, WebView2.
    target: ['es2022', 'safari16', 'chrome108'],
    reportCompressedSize: false,
  },
  test: {
    include: ['src/**/*.test.ts', 'messages/**/*.test.ts'],
    environment: 'happy-dom',
    // A busy machine is no fault of the page.
    testTimeout: 30_000,
  },
  // Tests mount components, which needs the browser's half of Svelte.
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
});
