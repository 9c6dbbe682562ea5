// The import direction of the library, read as: a folder may import only from itself and from the folders left of it.
// errors, options, random < backend < tensor < functions, init, data, io < layers < models, optim < trainer < bench, report < cli
const order = [
  ['errors', 'options', 'random'],
  ['backend'],
  ['tensor'],
  ['functions', 'init', 'data', 'io'],
  ['layers'],
  ['models', 'optim'],
  ['trainer'],
  ['bench', 'report'],
  ['cli'],
];

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
      comment: 'Everything outside the CLI, which is bundled, runs on Node alone.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|report)/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'unknown'] },
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
