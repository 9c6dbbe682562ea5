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

const direction = order.flatMap((group, level) =>
  group.flatMap((name) => {
    const forbidden = [
      ...order.slice(level + 1).flat(),
      // Neighbours of one level do not know each other.
      ...group.filter((other) => other !== name && level > 0),
    ];
    // src/index.ts is for users; the CLI is one, so that it shares the library's classes.
    return forbidden.length === 0 && name === 'cli'
      ? []
      : {
          name: `${name}-imports-only-what-is-below`,
          severity: 'error',
          from: { path: `^src/${inside(name)}` },
          to: {
            path: forbidden
              .map((other) => `^src/${inside(other)}`)
              .concat(name === 'cli' ? [] : '^src/index\\.ts$')
              .join('|'),
          },
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
