/** The guide's programs are the ones of test/types, and do what the guide says. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const guide = fs.readFileSync(path.join(root, 'docs/guide.md'), 'utf8');
const programs = [...guide.matchAll(/<!-- program: ([\w-]+) -->\n\n```ts\n([\s\S]*?)```\n/g)];

/** What each program prints, by its essential part. */
const PRINTS: Readonly<Record<string, RegExp>> = {
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
  'guide-errors': /^true ZK_SHAPE TwoLayerNet\.predict: .*\nZK_DIVERGENCE \d+ 1e\+30\n$/,
  'guide-serving': /^true undefined undefined\n6\n$/,
};

// The programs find the built package, and write their files, in a folder of their own.
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-guide-'));
fs.mkdirSync(path.join(place, 'node_modules'));
fs.symlinkSync(root, path.join(place, 'node_modules', 'zerokara'), 'junction');
afterAll(() => fs.rmSync(place, { recursive: true }));

describe('the guide', () => {
  test('shows its programs, as they are compiled', () => {
    expect(programs.map(([, name]) => name)).toEqual(Object.keys(PRINTS));
    for (const [, name, code] of programs) {
      expect(code).toBe(fs.readFileSync(path.join(root, 'test/types', `${name}.ts`), 'utf8'));
    }
  });

  test.skipIf(!fs.existsSync(path.join(root, 'dist/index.js'))).each(programs.map(([, name, code]) => [name!, code!]))(
    'prints what %s is there to show',
    (name, code) => {
      const { code: javascript } = transformSync(code, { loader: 'ts', format: 'cjs' });
      fs.writeFileSync(path.join(place, `${name}.cjs`), javascript);
      const options = { cwd: place, encoding: 'utf8', timeout: 60_000 } as const;
      expect(execFileSync(process.execPath, [`${name}.cjs`], options)).toMatch(PRINTS[name]!);
    },
  );
});
