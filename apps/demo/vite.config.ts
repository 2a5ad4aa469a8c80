import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:8484';

/** The server accepts its own origin only, so the development proxy presents that one. */
const proxied = { target: server, changeOrigin: true, headers: { origin: server } };

const noValidator = fileURLToPath(new URL('src/tools/no-validator.ts', import.meta.url));

export default defineConfig({
  plugins: [react()],
  // Relative, so that the page also works below a path of a proxy.
  base: './',
  resolve: {
    // The MCP client's own validator builds code from text, which the page's policy forbids.
    alias: [{ find: /^.*\/ajv-provider\.js$/, replacement: noValidator }],
  },
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/v1': proxied, '/readyz': proxied } },
});
