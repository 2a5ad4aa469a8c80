import { defineConfig } from 'vitepress';

const packages = ['schemas', 'config', 'telemetry', 'bridge', 'engine', 'server'];

export default defineConfig({
  title: 'MLX from TypeScript',
  description: 'Serve MLX language models from TypeScript, without writing Python',
  cleanUrls: true,
  lastUpdated: false,
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
          { text: 'Overview', link: '/INDEX' },
          { text: 'Guides', link: '/GUIDES' },
          { text: 'Tools and reasoning', link: '/TOOLS' },
          { text: 'Architecture', link: '/ARCHITECTURE' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Zod schemas', link: '/ZOD_SCHEMAS' },
          { text: 'Errors', link: '/ERROR_HANDLING' },
          { text: 'Reliability', link: '/RELIABILITY' },
          { text: 'Benchmarks', link: '/BENCHMARKS' },
          ...packages.map((name) => ({ text: `@mlx/${name}`, link: `/api/@mlx/${name}` })),
        ],
      },
    ],
  },
});
