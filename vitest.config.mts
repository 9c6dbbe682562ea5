import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (file: string): string => fileURLToPath(new URL(`src/${file}`, import.meta.url));

/**
 * Tests that need a process of their own: they measure memory or the event loop's delay, register layers, put other modules or
 * variables in place of the process's, stand for a page, or show what is there before a module is loaded. All others share two
 * processes, which load the sources once: short files took three times as long without that.
 */
const ALONE = [
  'test/backend/choose/**/*.test.ts',
  'test/backend/native/address-space.test.ts',
  'test/conformance/conformance.test.ts',
  'test/conformance/levels.test.ts',
  'test/data/mnist-in-a-page.test.ts',
  'test/data/slice.test.ts',
  'test/io/no-files.test.ts',
  'test/layers/all-layers.test.ts',
  'test/models/description.test.ts',
  'test/models/saved-network.test.ts',
  'test/platform/**/*.test.ts',
  'test/runs/**/*.test.ts',
  'test/web/in-page/**/*.test.ts',
];

// Programs that the tests start would print in colours, where a shell asks for them, and Node would warn of NO_COLOR beside it.
delete process.env['FORCE_COLOR'];

export default defineConfig(({ mode }) => ({
  // The tests run the sources: what tsconfig.json says of the library's own names, and what pages in web/ call the package.
  resolve: {
    alias: [
      { find: '#platform', replacement: source('platform/node.ts') },
      { find: '#mpi', replacement: source('distributed/mpi/mpi.ts') },
      { find: '#native', replacement: source('backend/native/tier.ts') },
      { find: /^zerokara$/, replacement: source('index.ts') },
    ],
  },
  test: {
    pool: 'forks',
    // A file for each core; vitest itself would keep one core back.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    // They train, build and start browsers as the tests do.
    hookTimeout: 60_000,
    // `mode`: projects do not take over that of the command line.
    projects: [
      {
        extends: true,
        mode,
        test: { name: 'together', isolate: false, include: ['test/**/*.test.ts'], exclude: ALONE },
      },
      { extends: true, mode, test: { name: 'alone', include: ALONE } },
    ],
  },
}));
