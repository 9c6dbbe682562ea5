/** The programs of the pages are those of test/types, and do what the pages say. readme.test.ts has the README's. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The page itself says what the program prints, in the block behind it. */
const AS_SHOWN = 'as shown';

/** Each page's programs in order, and what each prints, by its essential part. */
const PAGES: Readonly<Record<string, Readonly<Record<string, RegExp | typeof AS_SHOWN>>>> = {
  guide: {
    'guide-data': /bytes Dataset of 4 rows: x \[28, 28\] bytes × 0.00392, labels of 3 classes\n3 1\n$/,
    'guide-images': /^\[ 12, 12, 1 \] 1 0\.7\d*\n\[ 12, 12, 1 \] 1 (1|0\.9[89]\d*)\n$/,
    'guide-convolutions': /SoftmaxWithLoss +1,314\n(1|0\.9\d*)\n\[ 3, 3, 1, 8 \] \[ 8, 8, 8 \]\n$/,
    'guide-kinds': /^0 \[ 1, 1 \]\n\[ true, false \]\n$/,
    'guide-regression': /^4[34]\d{4}\n$/,
    'guide-optimizers': /^(1|0\.9\d*)\n0\.00625\n$/,
    'guide-validation': /^\d+ \d+ 0\.\d+ (1|0\.9\d*)\n$/,
    'guide-resume': /^Error: power cut\n7\ntrue (1|0\.9\d*)\n$/,
    'guide-warnings': /The columns of x differ in scale/,
    'guide-metrics': /1\.5811388300841898 0\.97\n$/,
    'guide-search': /^accuracy 0\.[89].*\nrank {2}trial {2}score/,
    'guide-layers': /^right: .*\ntrue\n$/,
    'guide-own-loss': /^true\n1\.0 5\.[01]\n$/,
    'guide-own-optimizer': /^10\ntrue true\n$/,
    'guide-errors': /^true ZK_SHAPE TwoLayerNet\.predict: .*\nZK_DIVERGENCE \d+ 1e\+30\n$/,
    'guide-tidy': /^true \[ 2, -1, 0\.5 \]\n\[ 3 \] \[ 200, 3 \] 0\n$/,
    'guide-serving': /^true undefined undefined\n6\n$/,
  },
  tables: { 'tables-read': AS_SHOWN, 'tables-dates': AS_SHOWN },
  'table-models': {
    'table-model':
      /^\d+ \d+\.\d+\nTableModel, regression of income, mean 2033 ± 545\.7\n[\s\S]*\n(true|false) 0\.\d+\nincome 0\.\d+\nage -?0(\.\d+)?\n\[ 'false', 'true' \] \[\]\n$/,
  },
  streams: {
    'streams-csv': /^20000 3\nInt32Array\(2\) \[ 0, 2 \]\n$/,
    'streams-own': /^enough\n\[ 100, 200, 300, 400, 500, 600 \] true\n$/,
  },
  'tutorial-table-to-service': {
    'tutorial-train': /^column {4}kind[\s\S]*\n0\.9\d* \[\]\n$/,
    'tutorial-service': /^200 yes\n400 TableModel\.predict: row has no column "items", but .*\n202\ntrue 0\n$/,
  },
  interop: {
    'interop-onnx': /^true\n$/,
    'interop-pytorch': /^\[ 3, 3, 1, 8 \] \[ 1568, 10 \]\n$/,
    'interop-tensors': /^\[ \[ 1, 2 \], \[ 3, 4 \] \] Uint8Array\(3\) \[ 0, 1, 1 \]\n$/,
  },
  browser: { 'browser-bytes': AS_SHOWN },
  recipes: {
    'recipes-series': /^623 156 195 true\n$/,
    'recipes-anomalies': /^\[ 0, 1, 2, 3, 4 \] true\n$/,
    'recipes-recommend': /^true\ntrue\n$/,
    'recipes-fine-tune': /^true true\n$/,
    'recipes-weights': /^true\ntrue\ntrue\ntrue\n$/,
    'recipes-rate': /^true true\n$/,
  },
  'coming-from': {
    'coming-from-book': /^(1|0\.9\d*)\n$/,
    'coming-from-pytorch': /^10 0\.\d+\n20 0\.\d+\n30 0\.\d+\n\[ 1, 2 \] Int32Array\(1\) \[ 1 \]\n$/,
    'coming-from-keras': /^Sequential, binary[\s\S]*\n(1|0\.\d+)\n\[ 3, 1 \]\n$/,
    'coming-from-sklearn': /^(1|0\.9\d*)\nyes\n$/,
    'coming-from-tfjs': /^(8\.9\d*|9\.0\d*|9)\n$/,
    'coming-from-brain': /^true\n$/,
  },
};

const root = path.resolve(import.meta.dirname, '..');
const isBuilt = fs.existsSync(path.join(root, 'dist/index.js'));

// The programs find the built package, and write their files, in a folder of their own.
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-pages-'));
fs.mkdirSync(path.join(place, 'node_modules'));
fs.symlinkSync(root, path.join(place, 'node_modules', 'zerokara'), 'junction');
afterAll(() => fs.rmSync(place, { recursive: true }));

describe.each(Object.entries(PAGES))('the page %s', (page, prints) => {
  const text = fs.readFileSync(path.join(root, `docs/${page}.md`), 'utf8');
  const programs = [
    ...text.matchAll(/<!-- program: ([\w-]+) -->\n\n```ts\n([\s\S]*?)```\n(?:\n```\n([\s\S]*?)```\n)?/g),
  ];

  test('shows its programs, as they are compiled', () => {
    expect(programs.map(([, name]) => name)).toEqual(Object.keys(prints));
    for (const [, name, code] of programs) {
      expect(code).toBe(fs.readFileSync(path.join(root, 'test/types', `${name}.ts`), 'utf8'));
    }
  });

  /** What each program prints. They run in turn in one process, since a page may read what an earlier program has saved. */
  const printed = new Map<string, string>();
  beforeAll(() => {
    if (!isBuilt) return;
    const files = programs.map(([, name, code]) => {
      const { code: javascript } = transformSync(code!, { loader: 'ts', format: 'cjs' });
      fs.writeFileSync(path.join(place, `${name}.cjs`), javascript);
      return `${name}.cjs`;
    });
    const run = path.join(root, 'test/support/run-programs.cjs');
    const options = { cwd: place, encoding: 'utf8', timeout: 60_000 } as const;
    for (const part of execFileSync(process.execPath, [run, ...files], options)
      .split('\0')
      .slice(1)) {
      const end = part.indexOf('\n');
      printed.set(part.slice(0, end), part.slice(end + 1));
    }
  }, 70_000);

  test.skipIf(!isBuilt).each(programs.map(([, name, , shown]) => [name!, shown]))(
    'prints what %s is there to show',
    (name, shown) => {
      const expected = prints[name!]!;
      if (expected === AS_SHOWN) expect(printed.get(name!)).toBe(shown);
      else expect(printed.get(name!)).toMatch(expected);
    },
  );
});
