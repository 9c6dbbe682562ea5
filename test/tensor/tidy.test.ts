import { inspect } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Batches } from '../../src/data/batches.js';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, StateError } from '../../src/errors.js';
import { sigmoid, softmax } from '../../src/functions/activations.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { clipGlobalNorm, clipValue } from '../../src/optim/clipping.js';
import { SGD } from '../../src/optim/sgd.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { tidy } from '../../src/tensor/tidy.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

const SIZES: readonly [number, number][] = [
  [1, 1],
  [3, 5],
  [64, 300],
];

describe.each(runnableBackends())('tidy on $name', (backend) => {
  const filled = (shape: [number, number]): Tensor<number[][]> => Tensor.randomUniform(shape, { seed: 7, backend });

  test.each(SIZES)('%i × %i: the numbers are those without it, in every call', (m, n) => {
    const [x, w] = [filled([m, n]), filled([n, m])];
    const f = (): Tensor =>
      x
        .mul(2)
        .add(x.sum(1, { keepDims: true }))
        .exp()
        .log()
        .matMul(w)
        .take([0]);
    const expected = f().toArray();
    for (let call = 0; call < 3; call++) expect(tidy(() => f().toArray())).toEqual(expected);
  });
});

const x = Tensor.from([
  [1, -2, 3],
  [4, 5, -6],
]);

describe('memory', () => {
  const [some, more] = [Tensor.ones([200, 100]), Tensor.ones([300, 100])]; // large enough for memory that is not filled with zeros
  const fresh = vi.spyOn(Buffer, 'allocUnsafeSlow');
  afterEach(() => void fresh.mockClear());
  const freshIn = (f: () => unknown): number => {
    const before = fresh.mock.calls.length;
    tidy(() => void f());
    return fresh.mock.calls.length - before;
  };

  test('of the last call serves the next one, and no other', () => {
    const step = (): unknown => [some.mul(2), some.abs(), more.neg()];
    freshIn(step);
    expect(freshIn(step)).toBe(0);
    expect(freshIn(() => more.exp())).toBe(0);
    expect(freshIn(step)).toBe(2); // the call in between has let the two small ones go
  });

  test('of an inner call serves the outer one', () => {
    freshIn(() => undefined);
    const alone = (): unknown => tidy(() => some.mul(2).sum());
    expect(freshIn(() => [alone(), alone(), some.neg()])).toBe(1);
  });

  test('of what is returned serves nobody', () => {
    const first = tidy(() => some.mul(3));
    freshIn(() => some.mul(4));
    freshIn(() => some.mul(5));
    expect(first.item(0, 0)).toBe(3);
  });
});

test('what f returns stays, wherever it is within it', () => {
  const all = tidy(() => {
    const view = x.mul(2).rows(1);
    return {
      list: [x.add(1), { deep: x.neg() }],
      view,
      raw: x.abs().data,
      map: new Map([['a', x.mul(4)]]),
      none: null,
    };
  });
  const [added, { deep }] = all.list as [Tensor, { deep: Tensor }];
  tidy(() => [x.mul(9), x.mul(9), x.mul(9), x.mul(9), x.mul(9), x.mul(9)].length); // would overwrite them
  expect(added.toArray()).toEqual([
    [2, -1, 4],
    [5, 6, -5],
  ]);
  expect(deep.item(1, 2)).toBe(6);
  expect(all.view.toArray()).toEqual([[8, 10, -12]]);
  expect(Array.from(all.raw)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(all.map.get('a')!.item(0, 0)).toBe(4);
});

test('all results stay where f returns what cannot be looked into', () => {
  const labels = [0, 1];
  const dataset = tidy(() => Dataset.from({ x: x.mul(2), labels, classes: 2 }));
  const later = tidy(() => {
    const doubled = x.mul(2);
    return [() => doubled.sum()];
  });
  function* rowsOf(tensor: Tensor<number[][]>): Generator<Tensor> {
    yield tensor.rows(0, 1);
  }
  const rows = tidy(() => rowsOf(x.mul(3)));
  tidy(() => [x.mul(9), x.mul(9), x.mul(9), x.mul(9)].length); // would overwrite them
  const batches = new Batches(dataset, { batchSize: 2, sampling: 'inOrder', dtype: 'float32', backend: x.backend });
  expect(batches.next().x.toArray()).toEqual([
    [2, -4, 6],
    [8, 10, -12],
  ]);
  expect(later[0]!()).toBe(10);
  expect(rows.next().value!.toArray()).toEqual([[3, -6, 9]]);
});

test('a bare buffer stays, and tensors beside a `data` of the caller', () => {
  const { buffer, pair } = tidy(() => ({
    buffer: x.mul(2).data.buffer,
    pair: { data: x.mul(3).data, loss: x.mul(4) },
  }));
  expect(buffer.byteLength).toBe(24);
  expect(pair.data[0]).toBe(3);
  expect(pair.loss.item(0, 0)).toBe(4);
});

test('tensors that are no results stay: operands, copies, views of what was there', () => {
  const kept: Tensor[] = [];
  tidy(() => kept.push(x.mul(2).clone(), x.rows(0, 1), Tensor.ones([2]), x.mul(2).transpose()));
  expect(kept.map((tensor) => tensor.item(...tensor.shape.map(() => 0)))).toEqual([2, 1, 1, 2]);
  expect(x.item(1, 1)).toBe(5);
});

test('a result with `out` is no new one, and stays', () => {
  const out = Tensor.zeros([2, 3]);
  tidy(() => x.mul(2, { out }));
  expect(out.item(0, 0)).toBe(2);
});

test('an inner call ends its own results alone; what it returns belongs to the outer one', () => {
  const escaped: Tensor[] = [];
  const sum = tidy(() => {
    const doubled = x.mul(2);
    const inner = tidy(() => {
      escaped.push(x.mul(3));
      return doubled.add(x.mul(4));
    });
    escaped.push(inner);
    return inner.sum() + doubled.sum();
  });
  expect(sum).toBe(8 * 5);
  for (const tensor of escaped) expect(tensor.data).toHaveLength(0);
});

describe('a result that ended', () => {
  const gone = (): Tensor => {
    let result = x as Tensor;
    tidy(() => {
      result = x.mul(2);
    });
    return result;
  };
  const message = (operation: string, argument: string): string =>
    `${operation}: ${argument} was made within a tidy that has ended. Return it from there, or keep a clone()`;

  test.each<[string, string, (tensor: Tensor) => unknown]>([
    ['add', 'this tensor', (tensor) => tensor.add(1)],
    ['add', 'b', (tensor) => x.add(tensor)],
    ['mul', 'out', (tensor) => x.mul(2, { out: tensor })],
    ['sum', 'this tensor', (tensor) => tensor.sum()],
    ['take', 'this tensor', (tensor) => tensor.take([0])],
    ['item', 'this tensor', (tensor) => tensor.item(0, 0)],
    ['clone', 'this tensor', (tensor) => tensor.clone()],
    ['addScaled', 'this tensor', (tensor) => tensor.addScaled(x)],
    ['Tensor.from', 'values.data', (tensor) => Tensor.from(tensor)],
    ['toArray', 'this tensor', (tensor) => tensor.toArray()],
    ['toJSON', 'this tensor', (tensor) => JSON.stringify(tensor)],
    ['sigmoid', 'x', (tensor) => sigmoid(tensor)],
    ['softmax', 'x', (tensor) => softmax(tensor)],
    ['clipGlobalNorm', 'grads.w', (tensor) => clipGlobalNorm({ w: tensor }, 1)],
    ['clipValue', 'grads.w', (tensor) => clipValue({ w: tensor }, 1)],
  ])('%s refuses it as %s', (operation, argument, run) => {
    expectRefusal(() => run(gone()), StateError, message(operation, argument));
  });

  test('is printed as what it is', () => {
    expect(String(gone())).toBe('[this tensor was made within a tidy that has ended]');
    expect(inspect(gone())).toBe('Tensor float32 [2, 3]\n[this tensor was made within a tidy that has ended]');
  });

  test('is named so by optimizers and layers, too', () => {
    const w = Tensor.ones([2, 3]);
    expectRefusal(
      () => new SGD().update({ w }, { w: gone() }),
      StateError,
      'SGD.update: grads.w was made within a tidy that has ended',
    );
    const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 2, outputSize: 2, seed: 1 });
    expect(() => net.predict(gone())).toThrow(/was made within a tidy that has ended/);
  });

  test('parts of it and its numbers are gone with it, so that they never are another one', () => {
    const held: { part?: Tensor; raw?: Tensor['data'] } = {};
    tidy(() => {
      const result = x.mul(2);
      held.part = result.rows(0, 1);
      held.raw = result.data;
    });
    expect(held.raw).toHaveLength(0);
    expectRefusal(() => held.part!.neg(), StateError, message('neg', 'this tensor'));
  });
});

test('results end, too, if f throws', () => {
  let result = x as Tensor;
  const fails = (): never => {
    result = x.mul(2);
    throw new Error('no');
  };
  expect(() => tidy(fails)).toThrow('no');
  expect(result.data).toHaveLength(0);
  expect(x.mul(2).item(0, 0)).toBe(2); // outside again
});

test('a buffer that the caller has transferred is let alone', () => {
  const moved = tidy(() => {
    const { buffer } = x.mul(2).data;
    return [structuredClone(buffer, { transfer: [buffer as ArrayBuffer] }).byteLength];
  });
  expect(moved).toEqual([24]);
});

test('refuses what is no function, and one that goes on after it has returned', () => {
  expectRefusal(() => tidy(5 as never), ArgumentError, 'tidy: f is 5; expected a function');
  expectRefusal(
    () => tidy(async () => x.mul(2)),
    ArgumentError,
    'tidy: f returned a promise; expected a function that is done when it returns, because its results end then',
  );
});
