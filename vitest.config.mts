import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // package.json's `imports` lead into dist; the tests run the sources.
  resolve: { alias: { '#platform': fileURLToPath(new URL('src/platform/node.ts', import.meta.url)) } },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // A file for each core; vitest itself would keep one core back.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
  },
});
