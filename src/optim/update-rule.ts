/** What all rules share: the rate and its schedule, weight decay, the arrays kept for each parameter, and the state. */

import { allocate, type Backend, type Floats } from '../backend/backend.js';
import { ArgumentError, ShapeError, StateError, show } from '../errors.js';
import type { Tensors } from '../layers/layer.js';
import { nearestName, requireInteger, requireNonNegative, requirePositive } from '../options.js';
import { showAsText } from '../show-as-text.js';
import { Tensor } from '../tensor/tensor.js';
import type { Optimizer, OptimizerState } from './optimizer.js';
import { requireGradients } from './require-gradients.js';
import type { Schedule } from './schedules.js';

/** Options of every rule. */
export interface UpdateRuleOptions {
  /** η, greater than 0, or a schedule that gives it for each update. */
  readonly learningRate?: number | Schedule;
  /** λ: the gradient of ½ · λ · Σ W² is added to that of each weight (AdamW: W shrinks by η · λ instead). At least 0. */
  readonly weightDecay?: number;
}

/** The names of the options that every rule takes. */
export const RULE_OPTIONS = ['learningRate', 'weightDecay'] as const;

/** A number of a rule with its check: `requirePositive` and its like. */
export type Factor = readonly [value: number, check: (operation: string, name: string, value: unknown) => number];

/** The description of a rule for its base class. */
export interface RuleDescription {
  /** The class name in messages. */
  readonly className: string;
  readonly options: UpdateRuleOptions;
  /** The default rate and weight decay. */
  readonly defaultRate: number;
  readonly defaultDecay?: number;
  /** The rule's own numbers, by their options' names. */
  readonly factors?: Readonly<Record<string, Factor>>;
  /** Names of the arrays that it keeps for each parameter: ['velocity']. */
  readonly remembers?: readonly string[];
}

/** What a rule that remembers nothing is given. */
const NOTHING: readonly Tensor[] = Object.freeze([]);

/** What is kept for one parameter. */
interface Memory {
  /** The parameter's memory, which identifies it: two networks cannot share an optimizer. */
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly arrays: readonly Tensor[];
}

/** A rule that makes one pass over each parameter: what all optimizers of the library share. */
export abstract class UpdateRule implements Optimizer {
  abstract readonly name: string;

  readonly #className: string;
  /** Joined once: a step creates no strings. */
  readonly #operation: string;
  readonly #schedule: Schedule | undefined;
  readonly #factors: Record<string, number> = {};
  readonly #checks: Readonly<Record<string, Factor[1]>>;
  readonly #remembers: readonly string[];
  readonly #memories = new Map<string, Memory>();
  /** What `state` told of the arrays, until there are others: it is asked after each epoch, which may be a single step. */
  #told: OptimizerState['tensors'] | undefined;
  /** What `restore` was given, until the parameters that it belongs to are seen. */
  #restored: OptimizerState['tensors'] = {};
  /** The last pair whose names were checked: a network gives the same two at each step, and both are frozen. */
  #decayed: readonly string[] | undefined;
  #params: Tensors | undefined;
  #rate: number;
  #initialRate: number;
  #updates = 0;

  protected constructor({ className, options, defaultRate, defaultDecay, factors, remembers }: RuleDescription) {
    this.#className = className;
    this.#operation = `${className}.update`;
    this.#remembers = remembers ?? [];
    const { learningRate = defaultRate, weightDecay = defaultDecay ?? 0 } = options;
    this.#schedule = typeof learningRate === 'function' ? learningRate : undefined;
    this.#rate =
      typeof learningRate === 'function'
        ? this.#scheduled(className)
        : requirePositive(className, 'learningRate', learningRate);
    this.#initialRate = this.#rate;
    const all: Readonly<Record<string, Factor>> = { weightDecay: [weightDecay, requireNonNegative], ...factors };
    this.#checks = Object.fromEntries(Object.entries(all).map(([name, [, check]]) => [name, check]));
    for (const [name, [value, check]] of Object.entries(all)) this.#factors[name] = check(className, name, value);
  }

  /** η of the next update. Settable where it is a number; a schedule sets it by itself. */
  get learningRate(): number {
    return this.#rate;
  }

  /** @throws {ArgumentError} unless it is finite and greater than 0, {StateError} if a schedule sets it */
  set learningRate(rate: number) {
    if (this.#schedule !== undefined) {
      throw new StateError({
        operation: this.#className,
        found: 'learningRate is set by a schedule',
        expected: 'a rate that was given as a number',
      });
    }
    this.#rate = requirePositive(this.#className, 'learningRate', rate);
  }

  /** The rate that the schedule gives after this many updates; undefined without a schedule. @internal */
  scheduledRate(updates: number): number | undefined {
    return this.#schedule?.(updates);
  }

  /** λ. */
  get weightDecay(): number {
    return this.factor('weightDecay');
  }

  /** Updates made so far. */
  get updates(): number {
    return this.#updates;
  }

  /**
   * Everything is checked before the first parameter is written.
   *
   * @throws {ShapeError} if `grads` lacks a parameter or has another size, {DtypeError} for another dtype,
   *   {ArgumentError} for memory that cannot be written or a schedule that gives no rate, {StateError} for the parameters
   *   of another network than before; no parameter is written then
   */
  update(params: Tensors, grads: Tensors, decayed?: readonly string[]): void {
    const operation = this.#operation;
    requireGradients(operation, params, grads);
    if (decayed !== undefined && !(decayed === this.#decayed && params === this.#params)) {
      requireNames(operation, params, decayed);
      this.#decayed = decayed;
      this.#params = params;
    }
    const rate = this.#schedule === undefined ? this.#rate : this.#scheduled(operation);
    const remembers = this.#remembers.length > 0;
    if (remembers) for (const name in params) this.#requireMemory(operation, name, params[name]!);

    this.#updates++;
    const { weightDecay } = this;
    for (const name in params) {
      const { data: w, size: n, backend } = params[name]!;
      const decay = decayed === undefined || decayed.includes(name) ? weightDecay : 0;
      const arrays = remembers ? this.#memories.get(name)!.arrays : NOTHING;
      this.apply(backend, n, w, grads[name]!.data, arrays, rate, decay);
    }
    if (this.#schedule !== undefined) this.#rate = this.#nextRate();
  }

  /** One pass over a parameter; `updates` counts this one. */
  protected abstract apply(
    backend: Backend,
    n: number,
    w: Floats,
    g: Floats,
    memory: readonly Tensor[],
    rate: number,
    decay: number,
  ): void;

  /** One of the rule's numbers. */
  protected factor(name: string): number {
    return this.#factors[name]!;
  }

  /** The numbers of the rule, the number of updates made, and what is kept for each parameter. */
  state(): OptimizerState {
    this.#told ??= this.#tensors();
    return {
      numbers: {
        learningRate: this.#rate,
        initialLearningRate: this.#initialRate,
        scheduled: this.#schedule === undefined ? 0 : 1,
        updates: this.#updates,
        ...this.#factors,
      },
      tensors: this.#told,
    };
  }

  #tensors(): OptimizerState['tensors'] {
    const ofArray = (array: string, i: number): Tensors =>
      Object.freeze({
        ...this.#restored[array],
        ...Object.fromEntries([...this.#memories].map(([name, { arrays }]) => [name, arrays[i]!])),
      });
    return Object.freeze(Object.fromEntries(this.#remembers.map((array, i) => [array, ofArray(array, i)])));
  }

  /**
   * @throws {ArgumentError} for numbers out of range, or a saved schedule where this optimizer has none (or the
   *   reverse: functions are not saved), {ShapeError} for arrays that lack a parameter
   */
  restore({ numbers, tensors }: OptimizerState): void {
    const operation = `${this.#className}.restore`;
    const scheduled = numbers['scheduled'] === 1;
    if (scheduled !== (this.#schedule !== undefined)) {
      throw new ArgumentError({
        operation,
        found: `the state is that of an optimizer ${scheduled ? 'with' : 'without'} a schedule`,
        expected: `one ${scheduled ? 'without' : 'with'}, as this is`,
        fix: scheduled ? 'Give an optimizer with the same schedule: functions are not saved' : undefined,
      });
    }
    const updates = requireInteger(operation, 'updates', numbers['updates'], 0);
    const rate = (scheduled ? requireNonNegative : requirePositive)(operation, 'learningRate', numbers['learningRate']);
    const initial = (scheduled ? requireNonNegative : requirePositive)(
      operation,
      'initialLearningRate',
      numbers['initialLearningRate'],
    );
    const factors = Object.entries(this.#checks).map(
      ([name, check]) => [name, check(operation, name, numbers[name])] as const,
    );
    this.#requireArrays(operation, tensors);

    this.#told = undefined;
    this.#updates = updates;
    this.#rate = rate;
    this.#initialRate = initial;
    Object.assign(this.#factors, Object.fromEntries(factors));
    for (const [name, { arrays }] of this.#memories) {
      const saved = this.#remembers.map((array) => tensors[array]?.[name]);
      if (arrays.every(({ size, dtype }, i) => saved[i]?.size === size && saved[i].dtype === dtype)) {
        for (const [i, { data }] of arrays.entries()) data.set(saved[i]!.data);
      } else {
        this.#memories.delete(name);
      }
    }
    this.#restored = Object.fromEntries(
      Object.entries(tensors).map(([array, of]) => [
        array,
        Object.fromEntries(
          Object.entries(of)
            .filter(([name]) => !this.#memories.has(name))
            .map(([name, tensor]) => [name, tensor.clone()]),
        ),
      ]),
    );
  }

  /** What the getter gives until the next update. Where the schedule fails, that update reports it; there may be none. */
  #nextRate(): number {
    try {
      return this.#scheduled(this.#operation);
    } catch {
      return this.#rate;
    }
  }

  /** One line, which `console.log` shows too. */
  toString(): string {
    const scheduled = this.#schedule === undefined ? '' : ' by a schedule';
    const decay = this.weightDecay === 0 ? '' : `, weightDecay ${this.weightDecay}`;
    const updates = this.#updates === 1 ? '1 update' : `${this.#updates} updates`;
    return `${this.#className}: learningRate ${this.#rate}${scheduled}${decay}, ${updates}`;
  }

  #scheduled(operation: string): number {
    const rate: unknown = this.#schedule!(this.#updates);
    if (typeof rate === 'number' && Number.isFinite(rate) && rate >= 0) return rate;
    throw new ArgumentError({
      operation,
      found: `the schedule of learningRate gives ${show(rate)} for step ${this.#updates}`,
      expected: 'a finite number of at least 0',
    });
  }

  /** Ensures that a parameter's arrays exist: zeros, or what was restored. */
  #requireMemory(operation: string, name: string, parameter: Tensor): void {
    const known = this.#memories.get(name);
    const { data } = parameter;
    if (known !== undefined && known.buffer === data.buffer && known.byteOffset === data.byteOffset) return;
    if (known !== undefined) {
      throw new StateError({
        operation,
        found: `params.${name} is not the array of the updates before`,
        expected: 'the parameters of one network',
        fix: 'Give each network an optimizer of its own',
      });
    }
    this.#remember(operation, name, parameter);
  }

  /** A method of its own: what its closure keeps would otherwise be allocated at each update. */
  #remember(operation: string, name: string, { data, shape, size, dtype, backend }: Tensor): void {
    const arrays = this.#remembers.map((array) => {
      const restored = this.#restored[array]?.[name];
      if (restored === undefined) return new Tensor(allocate(dtype, size, operation), shape, backend);
      if (restored.size === size && restored.dtype === dtype) return new Tensor(restored.data, shape, backend);
      throw new ShapeError({
        operation,
        found: `params.${name} is ${dtype} of shape [${shape.join(', ')}]`,
        expected: `${restored.dtype} of shape [${restored.shape.join(', ')}], as in the restored state`,
      });
    });
    this.#told = undefined;
    this.#memories.set(name, { buffer: data.buffer, byteOffset: data.byteOffset, arrays });
  }

  #requireArrays(operation: string, tensors: OptimizerState['tensors']): void {
    const names = this.#remembers.flatMap((array) => Object.keys(tensors[array] ?? {}));
    for (const array of this.#remembers) {
      const missing = names.find((name) => tensors[array]?.[name] === undefined);
      if (missing === undefined) continue;
      throw new ShapeError({ operation, found: `${array} has no "${missing}"`, expected: 'one for every parameter' });
    }
  }
}

showAsText(UpdateRule);

function requireNames(operation: string, params: Tensors, decayed: readonly string[]): void {
  for (let i = 0; i < decayed.length; i++) {
    const name = decayed[i]!; // by index: an iterator per step would be garbage
    if (Object.hasOwn(params, name)) continue;
    const nearest = nearestName(name, Object.keys(params));
    throw new ArgumentError({
      operation,
      found: `decayed names "${name}"`,
      expected: `names of parameters: ${Object.keys(params).join(', ')}`,
      fix: nearest === undefined ? undefined : `Did you mean "${nearest}"?`,
    });
  }
}
