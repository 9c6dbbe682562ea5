/** Against PyTorch 1.13, whose values scripts/torch-optimizers-fixtures.py wrote: 200 updates from equal weights. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AdaGrad } from '../../src/optim/ada-grad.js';
import { Adam } from '../../src/optim/adam.js';
import { AdamW } from '../../src/optim/adam-w.js';
import { Momentum } from '../../src/optim/momentum.js';
import type { Optimizer } from '../../src/optim/optimizer.js';
import { RMSProp } from '../../src/optim/rms-prop.js';
import { SGD } from '../../src/optim/sgd.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { runnableBackends } from '../support/runnable.js';

interface Golden {
  readonly shapes: readonly (readonly number[])[];
  readonly steps: number;
  readonly cases: readonly { optimizer: string; options: object; weights: readonly (readonly number[])[] }[];
}

const GOLDEN = JSON.parse(readFileSync(join(import.meta.dirname, '../golden/torch-optimizers.json'), 'utf8')) as Golden;

const RULES: Readonly<Record<string, new (options: object) => Optimizer>> = {
  SGD,
  Momentum,
  AdaGrad,
  RMSProp,
  Adam,
  AdamW,
};

/** A number in [−1, 1] from three integers, as in the script. */
function number(a: number, b: number, c: number): number {
  return (((7919 * a + 104729 * b + 1299709 * c) % 2001) - 1000) / 1000;
}

for (const backend of runnableBackends()) {
  describe(`optimizers on ${backend.name}`, () => {
    test.each(GOLDEN.cases)('O7: $optimizer $options takes the path of PyTorch', ({ optimizer, options, weights }) => {
      const rule = new RULES[optimizer]!(options);
      const make = (value: (k: number, i: number) => number): Record<string, Tensor> =>
        Object.fromEntries(
          GOLDEN.shapes.map((shape, k) => {
            const size = shape.reduce((a, b) => a * b, 1);
            const data = Float64Array.from({ length: size }, (_, i) => value(k, i));
            return [`p${k}`, new Tensor(data, shape, backend)];
          }),
        );
      const params = make((k, i) => number(k, i, 0));
      const grads = make(() => 0);
      for (let step = 1; step <= GOLDEN.steps; step++) {
        GOLDEN.shapes.forEach((_, k) => {
          const [w, g] = [params[`p${k}`]!.data, grads[`p${k}`]!.data];
          for (let i = 0; i < w.length; i++) g[i] = 0.5 * w[i]! + number(k, i, step);
        });
        rule.update(params, grads);
      }
      const errors = weights.flatMap((expected, k) =>
        expected.map((want, i) => Math.abs(params[`p${k}`]!.data[i]! - want) / Math.max(Math.abs(want), 1e-2)),
      );
      expect(Math.max(...errors)).toBeLessThan(1e-12);
    });
  });
}
