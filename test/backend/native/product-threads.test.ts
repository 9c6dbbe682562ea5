/**
 * Products of random shapes have the same bits on 1 to 4 threads, at every CPU level; `npm run test:long` multiplies
 * 50,000 of them.
 */

import { afterAll, describe, expect, test } from 'vitest';
import { allocate, type Dtype, type Floats } from '../../../src/backend/backend.js';
import type { Addon } from '../../../src/backend/native/addon.js';
import { Random } from '../../../src/random.js';
import { addonAt, addonFile, availableLevels } from '../../support/addon.js';
import { LONG } from '../../support/long.js';
import { randomFloats } from '../../support/random.js';

const path = addonFile();
const addons = path === undefined ? [] : availableLevels(path).map((level) => [level, addonAt(path, level)] as const);
const SHAPES = Math.ceil((LONG ? 50_000 : 360) / Math.max(1, addons.length));
/** Shapes between two changes of the number of threads, which end and start workers. */
const AT_ONCE = 40;
const MOST_PRODUCTS = 4e6;

/** Numbers that all products share. */
const POOL: Readonly<Record<Dtype, Floats>> = {
  float32: randomFloats('float32', 400_000, { seed: 1 }),
  float64: randomFloats('float64', 400_000, { seed: 1 }),
};

interface RandomProduct {
  readonly dtype: Dtype;
  readonly transA: boolean;
  readonly transB: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** How much longer than its row each leading dimension is. */
  readonly slack: number;
  readonly beta: number;
}

/** Sizes are spread evenly over their logarithms, so that thin, few-rowed, large and small products all come up. */
function randomProduct(random: Random): RandomProduct {
  const size = (most: number): number => Math.floor(Math.exp(random.uniform() * Math.log(most + 1)));
  for (;;) {
    const [m, n, k] = [size(2000), size(2000), size(2000)];
    const slack = random.integer(3) === 0 ? random.integer(9) : 0;
    const fits = [m * (k + slack), k * (m + slack), n * (k + slack), k * (n + slack)].every(
      (length) => length <= 400_000,
    );
    if (!fits || m * n * k > MOST_PRODUCTS || m * n * k < 100_000) continue;
    return {
      dtype: random.integer(4) === 0 ? 'float64' : 'float32',
      transA: random.integer(2) === 1,
      transB: random.integer(3) === 0,
      m,
      n,
      k,
      slack,
      beta: random.integer(2) * 0.5,
    };
  }
}

function multiply(addon: Addon, { dtype, transA, transB, m, n, k, slack, beta }: RandomProduct): Uint8Array {
  const c = allocate(dtype, m * (n + slack)).fill(0.25);
  const [lda, ldb] = [(transA ? m : k) + slack, (transB ? k : n) + slack];
  addon.gemm(transA, transB, m, n, k, 0.5, POOL[dtype], lda, POOL[dtype], ldb, beta, c, n + slack);
  return new Uint8Array(c.buffer);
}

describe.skipIf(path === undefined)('products of random shapes have the same bits on 1 to 4 threads', () => {
  const before = addons[0]?.[1].getThreads() ?? 1;
  afterAll(() => addons[0]?.[1].setThreads(before));

  test.each(addons)(
    `${SHAPES} at level %s`,
    (level, addon) => {
      const random = new Random(7);
      for (let done = 0; done < SHAPES; done += AT_ONCE) {
        const products = Array.from({ length: Math.min(AT_ONCE, SHAPES - done) }, () => randomProduct(random));
        addon.setThreads(1);
        const alone = products.map((product) => multiply(addon, product));
        for (const threads of [2, 3, 4]) {
          addon.setThreads(threads);
          products.forEach((product, i) => {
            if (Buffer.compare(alone[i]!, multiply(addon, product)) !== 0)
              expect.fail(`${JSON.stringify(product)} at level ${level} has other bits on ${threads} threads`);
          });
        }
      }
    },
    LONG ? 1_800_000 : 60_000,
  );
});
