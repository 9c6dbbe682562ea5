const order = require('./scripts/lib/import-order.cjs');

// Where Node may be named; biome.json has the same list, for Node's globals.
const KNOW_NODE = ['cli', 'platform', 'backend/native', 'distributed/mpi'];

const inside = (name) => `${name}(\\.ts|/)`;

// The last group, the CLI, may import everything, src/index.ts too: it is a user of the library and shares its classes.
const direction = order.slice(0, -1).flatMap((group, level) =>
  group.map((name) => {
    const higher = order.slice(level + 1).flat();
    // Neighbours of one level do not know each other, but for the lowest, which is open to all.
    const neighbours = level === 0 ? [] : group.filter((other) => other !== name);
    return {
      name: `${name}-imports-only-what-is-below`,
      severity: 'error',
      from: { path: `^src/${inside(name)}` },
      to: { path: [...higher, ...neighbours, 'index'].map((other) => `^src/${inside(other)}`).join('|') },
    };
  }),
);

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-runtime-dependency',
      comment: 'Everything outside the CLI and the JavaScript files, which are bundled, runs on Node alone.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/|\\.js$' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'unknown'] },
    },
    {
      name: 'node-only-through-the-platform',
      comment: 'What needs Node is asked of #platform, so that the library runs in a browser too.',
      severity: 'error',
      from: { path: '^src/', pathNot: KNOW_NODE.map((place) => `^src/${place}/`) },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'node-modules-only-through-the-platform',
      comment: 'The same, for the file that hands Node modules out.',
      severity: 'error',
      from: { path: '^src/', pathNot: KNOW_NODE.map((place) => `^src/${place}/`) },
      to: { path: '^src/platform/node-modules\\.ts' },
    },
    {
      name: 'platform-by-its-name',
      comment: "Which platform it is, package.json's imports decide.",
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/' },
      to: { path: '^src/platform/(node|browser)\\.ts', dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'pages-import-the-library-by-its-name',
      comment: 'The playground is a user of the library; a page knows what pages share, and no other page.',
      severity: 'error',
      from: { path: '^web/([^/]+)/' },
      to: { path: '^(src|web|test|scripts)/', pathNot: ['^web/shared/', '^web/$1/'] },
    },
    {
      name: 'native-tier-by-its-name',
      comment: 'The same for the addon: a page holds nothing of it.',
      severity: 'error',
      from: { path: '^src/backend/', pathNot: '^src/backend/native/' },
      to: { path: '^src/backend/native/(?!addon\\.ts|native-tier\\.ts)', dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'mpi-by-its-name',
      comment: 'The same for MPI.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/distributed/' },
      to: { path: '^src/distributed/(mpi/|together|absent)' },
    },
    ...direction,
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
