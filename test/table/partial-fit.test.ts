import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, DataError, StateError } from '../../src/errors.js';
import type { PartialFitOptions } from '../../src/table/partial-fit.js';
import { Table } from '../../src/table/table.js';
import type { ValueEvaluation } from '../../src/table/table-evaluation.js';
import { type AnyTableModel, TableModel } from '../../src/table/table-model.js';
import { Trainer } from '../../src/trainer/trainer.js';
import type { ErrorType } from '../support/refusal.js';

const rows = Array.from({ length: 100 }, (_, i) => ({ a: i, y: 2 * i }));
const train = (): Promise<AnyTableModel> =>
  TableModel.train(Table.from(rows), { target: 'y', seed: 1, epochs: 8, backend: 'wasm' });
/** Calls it with what its types may refuse. */
const call = (model: AnyTableModel, name: 'evaluate' | 'permutationImportance' | 'partialFit', given: unknown) =>
  (model[name] as (rows: unknown) => unknown).call(model, given);

/** A few dozen steps. */
const many = Array.from({ length: 10 }, () => rows).flat();

/** Asserts that the call throws, or its promise rejects with, an error of exactly this type and message. */
async function expectRefusal(call: () => unknown, type: ErrorType, message: string | RegExp): Promise<void> {
  const thrown = await Promise.resolve()
    .then(call)
    .then(
      () => expect.unreachable('the call went through'),
      (error: unknown) => error,
    );
  expect(thrown).toBeInstanceOf(type);
  if (typeof message === 'string') expect((thrown as Error).message).toBe(message);
  else expect((thrown as Error).message).toMatch(message);
}

/** What becomes of two models that are alike, one of which meets trouble first. */
async function expectNoTrace(trouble: (model: AnyTableModel) => Promise<unknown>): Promise<void> {
  const [one, other] = [await train(), await train()];
  await trouble(one);
  for (const model of [one, other]) await model.partialFit(rows);
  expect(one.net.stateDict()).toEqual(other.net.stateDict());
}

describe('partialFit gives', () => {
  test('the loss of its rows, before and afterwards', async () => {
    const model = await train();
    const squared = (): number => (model.evaluate(rows) as ValueEvaluation).rmse ** 2;
    const before = squared();
    const result = await model.partialFit([...rows, { a: 5, y: null }], { learningRate: 0.001 });
    expect(result.rows).toBe(100);
    expect(result.loss).toBeLessThan(result.lossBefore);
    expect(result.loss / result.lossBefore).toBeCloseTo(squared() / before, 4);
    expect(model.warnings).toEqual([]);
  });

  test('a warning where it has ruined the model, until it has learned again', async () => {
    const model = await train();
    const saved = model.toBytes();
    const { loss, lossBefore } = await model.partialFit(rows, { learningRate: 1e3 });
    expect(loss).toBeGreaterThan(1e3 * lossBefore);
    const ruined = [
      expect.stringMatching(
        /^partialFit has made the model worse than a guess: the loss of the 100 rows that it was given rose from \d\.\d+ to \d+\S*\. Its learningRate, 1000, is too large: go back to a saved model, and use a smaller one$/,
      ),
    ];
    expect(model.warnings).toEqual(ruined);
    await model.partialFit(rows, { learningRate: 1e-6 });
    expect(model.warnings).toEqual(ruined);
    const again = TableModel.fromBytes(saved);
    await again.partialFit(rows);
    expect(again.warnings).toEqual([]);
  });

  test('no warning where it was no better before', async () => {
    const model = await train();
    const far = rows.map(({ a }) => ({ a, y: 1e6 }));
    const { loss, lossBefore } = await model.partialFit(far);
    expect(loss).toBeLessThan(lossBefore);
    expect(model.warnings).toEqual([]);
  });
});

describe('a call that is refused changes nothing', () => {
  test('while another call learns', async () => {
    const [one, other] = [await train(), await train()];
    const running = one.partialFit(many);
    await expectRefusal(
      () => one.partialFit(rows, { learningRate: 5 }),
      StateError,
      'TableModel.partialFit: this model learns from the rows of another call; expected one training at a time. Await the first, or abort it by its signal',
    );
    await running;
    await other.partialFit(many);
    for (const model of [one, other]) await model.partialFit(rows);
    expect(one.net.stateDict()).toEqual(other.net.stateDict());
  });

  test('while a Trainer has the network', async () => {
    const model = await train();
    const data = Dataset.from({ x: [[0], [1]], targets: [0, 1] });
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const fitting = new Trainer(model.net, { train: data, epochs: 1, optimizer: 'sgd' }).fit({ onStep: () => held });
    await expectRefusal(
      () => model.partialFit(rows, { learningRate: 1e9 }),
      StateError,
      "TableModel.partialFit: the model's network is being fitted already; expected one training at a time. Await the first, or abort it by its signal",
    );
    letGo();
    await fitting;
    // Nor did its rate stay, at which the model would be another.
    const { loss } = await model.partialFit(rows);
    expect(loss).toBeLessThan(0.1);
  });

  test.each<[string, PartialFitOptions]>([
    ['a learning rate with which it diverges', { learningRate: 1e38 }],
    ['a signal that was aborted before', { learningRate: 5, signal: AbortSignal.abort() }],
  ])('%s', async (_, options) => {
    await expectNoTrace((model) => model.partialFit(rows, options).catch(() => {}));
  });
});

describe('partialFit stops by its signal', () => {
  test('between two steps, and keeps what it has learned and the rate of before', async () => {
    const model = await train();
    const { data } = model.net.params['W1']!;
    const before = data[0];
    const signal = {
      reason: new Error('enough'),
      get aborted(): boolean {
        return data[0] !== before; // after the first step
      },
    };
    await expect(model.partialFit(many, { learningRate: 0.5, signal })).rejects.toThrow('enough');
    expect(data[0]).not.toBe(before);
    const { loss, lossBefore } = await model.partialFit(rows, { learningRate: 1e-9 });
    expect(loss).toBeCloseTo(lossBefore, 6);
  });

  test('which must be one, for train too', async () => {
    const model = await train();
    const signal = new AbortController() as unknown as AbortSignal;
    const complaint = /: signal is an AbortController; expected an AbortSignal\. Pass controller\.signal$/;
    await expect(model.partialFit(rows, { signal })).rejects.toThrow(complaint);
    await expect(model.partialFit(rows, { signal })).rejects.toThrow(/^TableModel\.partialFit: /);
    await expect(TableModel.train(Table.from(rows), { target: 'y', signal })).rejects.toThrow(/^TableModel\.train: /);
  });
});

describe('rows', () => {
  test('are an array of rows or a Table, for all that look at targets', async () => {
    const model = await train();
    const table = Table.from(rows);
    expect(model.evaluate(rows)).toEqual(model.evaluate(table));
    expect(await model.permutationImportance(rows, { seed: 1 })).toEqual(
      await model.permutationImportance(table, { seed: 1 }),
    );
    for (const name of ['evaluate', 'permutationImportance', 'partialFit'] as const) {
      for (const [given, shown] of [
        [{ a: 1, y: 'p' }, 'an Object; expected an array of rows or a Table. Wrap one row in [ ]'],
        [
          'data.csv',
          `"data.csv"; expected an array of rows or a Table. Read a file by Table.read('data.csv'), or give [{ … }]`,
        ],
      ] as const) {
        await expectRefusal(
          async () => call(model, name, given),
          ArgumentError,
          `TableModel.${name}: rows is ${shown}`,
        );
      }
    }
  });

  test('with a target that is too far for the numbers of a network are refused by their place', async () => {
    const model = await train();
    const near = /; expected a number nearer to those of the training \(mean \d+\.?\d*, standard deviation 5\d\.\d+\)$/;
    const far = [
      { a: 1, y: 2 },
      { a: 10, y: 1e300 },
    ];
    for (const name of ['evaluate', 'partialFit'] as const) {
      await expectRefusal(async () => call(model, name, far), DataError, near);
      await expect(async () => call(model, name, far)).rejects.toThrow(`TableModel.${name}: rows[1]["y"] is 1e+300`);
      const read = Table.from(far);
      await expect(async () => call(model, name, read)).rejects.toThrow(
        `TableModel.${name}: rows[1], column "y" is 1e+300`,
      );
    }
    await expect(
      TableModel.train(Table.from(rows), { target: 'y', validation: Table.from(far), backend: 'wasm' }),
    ).rejects.toThrow(/^TableModel\.train: validation: rows\[1\], column "y" is 1e\+300; expected a number nearer/);
  });
});
