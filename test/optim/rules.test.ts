import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { AdaGrad } from '../../src/optim/ada-grad.js';
import { Adam } from '../../src/optim/adam.js';
import { AdamW } from '../../src/optim/adam-w.js';
import { Momentum } from '../../src/optim/momentum.js';
import { Nesterov } from '../../src/optim/nesterov.js';
import type { Optimizer } from '../../src/optim/optimizer.js';
import { RMSProp } from '../../src/optim/rms-prop.js';
import { stepDecay } from '../../src/optim/schedules.js';
import { SGD } from '../../src/optim/sgd.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { runnableBackends } from '../support/runnable.js';

const float64 = { dtype: 'float64' } as const;

/** The points of the descent of x²/20 + y² from (−7, 2): the book's §6.1. */
function descent(rule: Optimizer, steps: number, backend = Tensor.zeros(1).backend): number[] {
  const params = { p: Tensor.from([-7, 2], { ...float64, backend }) };
  for (let i = 0; i < steps; i++) {
    const [x, y] = params.p.data as unknown as [number, number];
    rule.update(params, { p: Tensor.from([x / 10, 2 * y], { ...float64, backend }) });
  }
  return [...params.p.data];
}

/** SPEC-6-8 O1 to O7: figures recomputed in NumPy. */
const FIGURES = [
  [
    'SGD',
    () => new SGD({ learningRate: 0.95 }),
    [-6.335, -1.7999999999999998],
    [-0.3503929957523197, 0.0847823165504322],
    1e-12,
  ],
  [
    'Momentum',
    () => new Momentum({ learningRate: 0.1 }),
    [-6.93, 1.6],
    [0.896413858493733, 0.08808560171506971],
    1e-12,
  ],
  [
    'Nesterov',
    () => new Nesterov({ learningRate: 0.1 }),
    [-6.867, 1.24],
    [0.6896149016966209, -0.0006799058361171969],
    1e-12,
  ],
  [
    'AdaGrad',
    () => new AdaGrad({ learningRate: 1.5 }),
    [-5.500000214285683, 0.5000000374999991],
    [-0.12016232231416045, 2.49e-17],
    1e-12,
  ],
  [
    'RMSProp',
    () => new RMSProp({ learningRate: 0.1 }),
    [-6.000001428569388, 1.000000249999938],
    [-0.6974203096807907, 1.4834621508315574e-8],
    1e-12,
  ],
  [
    'Adam',
    () => new Adam({ learningRate: 0.3 }),
    [-6.700001355255732, 1.700000237170637],
    [0.13600685239498186, 0.31824537553721943],
    1e-12,
  ],
  [
    'Adam of the paper',
    () => new Adam({ learningRate: 0.3, epsilon: 1e-8, epsilonPlacement: 'corrected' }),
    undefined,
    [0.1360146173262328, 0.3182453888963096],
    1e-9,
  ],
  ['AdamW', () => new AdamW({ learningRate: 0.3 }), undefined, [0.26319581537192077, 0.3053221889344971], 1e-9],
] as const;

for (const backend of runnableBackends()) {
  describe(`rules on ${backend.name}`, () => {
    test.each(FIGURES)('O1, O2, O3, O4, O5, O6, O7: %s descends as in the book', (_, rule, first, last, tolerance) => {
      const near = (found: number[], expected: readonly number[]): void => {
        for (const [i, value] of found.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(tolerance);
      };
      if (first !== undefined) near(descent(rule(), 1, backend), first);
      near(descent(rule(), 30, backend), last);
    });
  });
}

const RULES = [
  ['SGD', SGD],
  ['Momentum', Momentum],
  ['Nesterov', Nesterov],
  ['AdaGrad', AdaGrad],
  ['RMSProp', RMSProp],
  ['Adam', Adam],
  ['AdamW', AdamW],
] as const;

/** A parameter that decays beside one that does not, and their gradients. */
function twoParameters(): { params: Record<'W' | 'b', Tensor>; grads: Record<'W' | 'b', Tensor> } {
  return {
    params: { W: Tensor.from([1, -2], float64), b: Tensor.from([3], float64) },
    grads: { W: Tensor.from([0.5, 0.25], float64), b: Tensor.from([-1], float64) },
  };
}

describe.each(RULES)('%s', (name, Rule) => {
  test('continues from its state with the same bits, copied or after a new start', () => {
    const whole = new Rule({ learningRate: 0.05, weightDecay: 0.02 });
    const half = new Rule({ learningRate: 0.05, weightDecay: 0.02 });
    const [a, b] = [twoParameters(), twoParameters()];
    for (let i = 0; i < 6; i++) whole.update(a.params, a.grads);
    for (let i = 0; i < 3; i++) half.update(b.params, b.grads);
    const saved = half.state();
    const again = new Rule();
    again.restore({ numbers: structuredClone(saved.numbers), tensors: saved.tensors });
    for (let i = 0; i < 3; i++) again.update(b.params, b.grads);
    expect([b.params.W.data, b.params.b.data]).toEqual([a.params.W.data, a.params.b.data]);
    expect(again.state().numbers).toEqual(whole.state().numbers);
    for (const [array, of] of Object.entries(whole.state().tensors)) {
      for (const [key, tensor] of Object.entries(of))
        expect(again.state().tensors[array]![key]!.data).toEqual(tensor.data);
    }
  });

  test('goes back to an earlier state, with the same bits from there', () => {
    const rule = new Rule();
    const { params, grads } = twoParameters();
    const before = structuredClone({ numbers: rule.state().numbers });
    const start = { W: params.W.clone(), b: params.b.clone() };
    rule.update(params, grads);
    const once = params.W.clone();
    rule.restore({ ...before, tensors: {} });
    params.W.set(start.W);
    params.b.set(start.b);
    rule.update(params, grads);
    expect(params.W.data).toEqual(once.data);
  });

  test('decays the given parameters, and all by default', () => {
    const decayedBy = (decayed?: readonly string[]): boolean[] => {
      const [plain, decaying] = [twoParameters(), twoParameters()];
      new Rule({ weightDecay: 0 }).update(plain.params, plain.grads);
      new Rule({ weightDecay: 0.5 }).update(decaying.params, decaying.grads, decayed);
      return (['W', 'b'] as const).map((key) => {
        const [a, b] = [plain.params[key].data, decaying.params[key].data];
        return a.some((value, i) => value !== b[i]);
      });
    };
    // The first step of rules that divide by the gradient's own size hides a coupled decay but in the digits behind ε.
    expect(decayedBy(['W'])).toEqual([true, false]);
    expect(decayedBy()).toEqual([true, true]);
    expect(decayedBy([])).toEqual([false, false]);
  });

  test('refuses a name that decays and is no parameter, before the first write', () => {
    const { params, grads } = twoParameters();
    expect(() => new Rule().update(params, grads, ['w'])).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: `${name}.update: decayed names "w"; expected names of parameters: W, b. Did you mean "W"?`,
      }),
    );
    expect(params.W.toArray()).toEqual([1, -2]);
  });

  test('follows a schedule, and says the rate of the next update', () => {
    const rule = new Rule({ learningRate: stepDecay({ initial: 0.2, factor: 0.5, every: 2 }) });
    const { params, grads } = twoParameters();
    const rates = [rule.learningRate];
    for (let i = 0; i < 4; i++) {
      rule.update(params, grads);
      rates.push(rule.learningRate);
    }
    expect(rates).toEqual([0.2, 0.2, 0.1, 0.1, 0.05]);
    expect(() => {
      rule.learningRate = 1;
    }).toThrow(`${name}: learningRate is set by a schedule; expected a rate that was given as a number`);
  });

  test('refuses a schedule that gives no rate, before the first write', () => {
    const rule = new Rule({ learningRate: (step) => (step < 1 ? 0.1 : Number.NaN) });
    const { params, grads } = twoParameters();
    rule.update(params, grads);
    const after = params.W.clone();
    expect(() => rule.update(params, grads)).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: `${name}.update: the schedule of learningRate gives NaN for step 1; expected a finite number of at least 0`,
      }),
    );
    expect(params.W.data).toEqual(after.data);
    expect(() => new Rule({ learningRate: () => -1 })).toThrow(
      `${name}: the schedule of learningRate gives -1 for step 0; expected a finite number of at least 0`,
    );
  });

  test('does not fail for a rate that no update needs: a table with an entry for each', () => {
    const rates = [0.1, 0.05];
    const rule = new Rule({
      learningRate: (step) => {
        if (step >= rates.length) throw new Error('beyond the table');
        return rates[step]!;
      },
    });
    const { params, grads } = twoParameters();
    for (const _ of rates) rule.update(params, grads);
    expect([rule.updates, rule.learningRate]).toEqual([2, 0.05]);
    const after = params.W.clone();
    expect(() => rule.update(params, grads)).toThrow('beyond the table');
    expect(params.W.data).toEqual(after.data);
  });

  test('refuses a state with a schedule where it has none: functions are not saved', () => {
    const state = new Rule({ learningRate: () => 0.1 }).state();
    expect(() => new Rule().restore(state)).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: `${name}.restore: the state is that of an optimizer with a schedule; expected one without, as this is. Give an optimizer with the same schedule: functions are not saved`,
      }),
    );
  });

  test('refuses numbers out of their ranges', () => {
    expect(() => new Rule({ weightDecay: -1 })).toThrow(
      `${name}: weightDecay is -1; expected a finite number of at least 0`,
    );
    expect(() => new Rule({ learningRate: 0 })).toThrow(
      `${name}: learningRate is 0; expected a finite number greater than 0`,
    );
    expect(() => new Rule({ lr: 1 } as never)).toThrow(`${name}: unknown option "lr"`);
  });

  test('does not update two networks with one memory', () => {
    const rule = new Rule();
    const [a, b] = [twoParameters(), twoParameters()];
    rule.update(a.params, a.grads);
    if (Object.keys(rule.state().tensors).length === 0) {
      expect(() => rule.update(b.params, b.grads)).not.toThrow(); // nothing is remembered: nothing can be mixed up
      return;
    }
    expect(() => rule.update(b.params, b.grads)).toThrow(
      expect.objectContaining({
        name: 'StateError',
        message: `${name}.update: params.W is not the array of the updates before; expected the parameters of one network. Give each network an optimizer of its own`,
      }),
    );
    expect(b.params.W.toArray()).toEqual([1, -2]);
  });
});

describe('options of the rules', () => {
  test.each([
    ['Momentum', () => new Momentum({ momentum: -0.1 }), 'momentum is -0.1; expected a number in [0, 1)'],
    ['Nesterov', () => new Nesterov({ momentum: 1 }), 'momentum is 1; expected a number in [0, 1)'],
    ['RMSProp', () => new RMSProp({ rho: 1 }), 'rho is 1; expected a number in [0, 1)'],
    ['AdaGrad', () => new AdaGrad({ epsilon: 0 }), 'epsilon is 0; expected a finite number greater than 0'],
    ['Adam', () => new Adam({ beta1: 1 }), 'beta1 is 1; expected a number in [0, 1)'],
    ['Adam', () => new Adam({ beta2: Number.NaN }), 'beta2 is NaN; expected a number in [0, 1)'],
    [
      'AdamW',
      () => new AdamW({ epsilonPlacement: 'correct' as never }),
      'epsilonPlacement is "correct"; expected "uncorrected" or "corrected". Did you mean "corrected"?',
    ],
  ] as const)('%s refuses a number out of its range', (name, make, message) => {
    expect(make).toThrow(expect.objectContaining({ name: 'ArgumentError', message: `${name}: ${message}` }));
  });

  test('defaults are the book’s, and for AdamW PyTorch’s', () => {
    expect(new Momentum()).toMatchObject({ learningRate: 0.01, momentum: 0.9, weightDecay: 0 });
    expect(new Nesterov()).toMatchObject({ learningRate: 0.01, momentum: 0.9 });
    expect(new AdaGrad()).toMatchObject({ learningRate: 0.01, epsilon: 1e-7 });
    expect(new RMSProp()).toMatchObject({ learningRate: 0.01, rho: 0.99, epsilon: 1e-7 });
    const adam = { learningRate: 0.001, beta1: 0.9, beta2: 0.999 };
    expect(new Adam()).toMatchObject({ ...adam, epsilon: 1e-7, epsilonPlacement: 'uncorrected', weightDecay: 0 });
    expect(new AdamW()).toMatchObject({ ...adam, epsilon: 1e-8, epsilonPlacement: 'corrected', weightDecay: 0.01 });
  });
});

describe('an optimizer on a console', () => {
  test('is one line: its class, rate, decay and updates', () => {
    const adam = new Adam();
    expect(inspect(adam)).toBe('Adam: learningRate 0.001, 0 updates');
    adam.update({ W: Tensor.ones([2]) }, { W: Tensor.ones([2]) });
    expect(`${adam}`).toBe('Adam: learningRate 0.001, 1 update');
    expect(inspect(new SGD({ learningRate: 0.5, weightDecay: 0.01 }))).toBe(
      'SGD: learningRate 0.5, weightDecay 0.01, 0 updates',
    );
    expect(inspect(new SGD({ learningRate: () => 0.25 }))).toBe('SGD: learningRate 0.25 by a schedule, 0 updates');
  });
});
