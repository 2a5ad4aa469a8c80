import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

const packages = ['schemas', 'config', 'telemetry', 'bridge', 'engine', 'server', 'ai-provider'];
const apiPages = packages.filter((name) => isThere(`../api/@mlx/${name}.md`));
const readme = /^(?:\.\.\/)+packages\/([a-z-]+)\/README\.md(?=#|$)/;
/** Pages that the API reference copied because a README links to them. */
const copiedPage = /^(?:\.\.\/)?_media\/([A-Z_]+)\.md(?=#|$)/;

export default defineConfig({
  title: 'MLX from TypeScript',
  description: 'Serve MLX language models from TypeScript, without writing Python',
  cleanUrls: true,
  lastUpdated: false,
  srcExclude: ['api/_media/**'],
  rewrites: { 'INDEX.md': 'index.md' },
  markdown: {
    // Links that work in the repository lead to the same text on the site.
    config: (markdown) => {
      const normalize = markdown.normalizeLink.bind(markdown);
      markdown.normalizeLink = (link) =>
        normalize(link.replace(readme, '/api/@mlx/$1').replace(copiedPage, '/$1'));
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guides', link: '/GUIDES' },
      { text: 'API', link: '/api/README' },
    ],
    sidebar: [
      {
        text: 'Start',
        items: [
          { text: 'Overview', link: '/' },
          { text: 'Guides', link: '/GUIDES' },
          { text: 'Which model', link: '/CHOOSING_A_MODEL' },
          { text: 'Coming from Ollama or LM Studio', link: '/COMING_FROM' },
          { text: 'Running it for good', link: '/OPERATIONS' },
          { text: 'More than one machine', link: '/SCALE' },
          { text: 'Models come and go', link: '/MODELS' },
          { text: 'Web frameworks', link: '/WEB_FRAMEWORKS' },
          { text: 'Troubleshooting', link: '/TROUBLESHOOTING' },
          { text: 'Clients', link: '/CLIENTS' },
          { text: 'Tools and reasoning', link: '/TOOLS' },
          { text: 'Structured output', link: '/STRUCTURED_OUTPUT' },
          { text: 'Images', link: '/VISION' },
          { text: 'Embeddings', link: '/EMBEDDINGS' },
          { text: 'HTTP API', link: '/HTTP_API' },
          { text: 'Messages and Claude Code', link: '/MESSAGES' },
          { text: 'Responses and Codex', link: '/RESPONSES' },
          { text: 'Ollama’s API', link: '/OLLAMA' },
          { text: 'Architecture', link: '/ARCHITECTURE' },
        ],
      },
      {
        text: 'Reference',
        items: [
          ...[
            { text: 'Zod schemas', link: '/ZOD_SCHEMAS' },
            { text: 'Configuration', link: '/CONFIGURATION' },
            { text: 'Observability', link: '/OBSERVABILITY' },
            { text: 'Errors', link: '/ERROR_HANDLING' },
            { text: 'Reliability', link: '/RELIABILITY' },
            { text: 'Supported models', link: '/SUPPORTED_MODELS' },
            { text: 'Glossary', link: '/GLOSSARY' },
            { text: 'Speculation', link: '/SPECULATION' },
            { text: 'Benchmarks', link: '/BENCHMARKS' },
          ].filter(({ link }) => isThere(`..${link}.md`)),
          ...apiPages.map((name) => ({ text: `@mlx/${name}`, link: `/api/@mlx/${name}` })),
        ],
      },
    ],
  },
});

function isThere(path: string): boolean {
  return existsSync(fileURLToPath(new URL(path, import.meta.url)));
}
