import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (file: string): string => fileURLToPath(new URL(`src/${file}`, import.meta.url));

export default defineConfig({
  // package.json's `imports` lead into dist; the tests run the sources.
  // So do those of the pages in web/, which know the library by the name of its package.
  resolve: {
    alias: [
      { find: '#platform', replacement: source('platform/node.ts') },
      { find: '#native', replacement: source('backend/native/tier.ts') },
      { find: /^zerokara$/, replacement: source('index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // A file for each core; vitest itself would keep one core back.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
  },
});
