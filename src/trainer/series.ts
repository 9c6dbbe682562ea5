/** A series of steps: what one call of `fit` or `fitSync` does, from its first callback to its last. */

import { beginSlice, isSliceOver, nextSlice } from '../data/slice.js';
import type { Outcome, Ranks } from '../distributed/ranks.js';
import { show } from '../errors.js';
import { isThenable } from '../options.js';
import { abortedElsewhere } from './abort.js';
import { type AbortSignalLike, type Callback, requireSync, type Training, waitFor } from './fit-options.js';
import type { Pause, Run } from './run.js';
import { kindsOf } from './saved-callbacks.js';

/** Something to wait for: what a callback has promised, or rows of a stream. */
interface Wait {
  /** What has promised it, in messages. */
  readonly name: string;
  readonly pending: PromiseLike<unknown>;
  /** What ends the wait. */
  readonly signal: AbortSignalLike | undefined;
}

/** The turns of a series. Each is answered with what its wait has come to; undefined: a whole step is done, and others may run. */
type Turns = Generator<Wait | undefined, void, unknown>;

/** Goes through a series, waits where it says so, and lets the event loop run every 8 ms. */
export async function follow(turns: Turns): Promise<void> {
  beginSlice();
  for (let turn = turns.next(); turn.done !== true; ) {
    if (turn.value === undefined) {
      if (isSliceOver()) await nextSlice();
      turn = turns.next();
      continue;
    }
    let answer: unknown;
    try {
      answer = await waitFor(turn.value.pending, turn.value.signal);
    } catch (error) {
      turn = turns.throw(error);
      continue;
    }
    beginSlice();
    turn = turns.next(answer);
  }
}

/** The same in one go. A wait is refused: the callback that promised something has failed. */
export function followSync(operation: string, turns: Turns): void {
  for (let turn = turns.next(); turn.done !== true; ) {
    if (turn.value === undefined) {
      turn = turns.next();
      continue;
    }
    try {
      requireSync(operation, turn.value.name, turn.value.pending);
    } catch (error) {
      turn = turns.throw(error);
    }
  }
}

/** Anything can be thrown, also what has no text. */
function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return show(thrown);
  }
}

/** The name of the function that a pause calls. */
const CALLED = { step: 'onStep', record: 'onEpochEnd', chunk: '' } as const;

/** The one order of things of `fit` and `fitSync`; `follow` and `followSync` go through it. */
export class Series {
  private readonly isShared: boolean;

  /** @param operation the call, in messages */
  constructor(
    private readonly operation: string,
    private readonly trainer: Training,
    private readonly run: Run,
    private readonly ranks: Ranks,
    private readonly callbacks: readonly Callback[],
    private readonly signal: AbortSignalLike | undefined,
  ) {
    this.isShared = (ranks.share?.count ?? 1) > 1;
  }

  *turns(): Turns {
    const { run, ranks, callbacks } = this;
    try {
      yield* this.begin();
      // Not in a generator of its own: each step would go through both.
      for (;;) {
        this.throwIfAborted();
        const arriving = ranks.hasFailed ? undefined : run.arriving();
        if (arriving !== undefined) {
          yield* this.arrival(arriving);
          continue;
        }
        const pause = run.advance();
        if (pause === undefined) break;
        try {
          // By index: an iterator per step would be garbage. An abort waits until all have been called for the pause.
          for (let i = 0; i < callbacks.length; i++) {
            const answer = this.notify(pause, callbacks[i]!);
            const stops = isThenable(answer) ? yield* this.answer(CALLED[pause], answer) : answer;
            if (stops === 'stop') run.stop();
          }
        } catch (error) {
          throw this.failTogether(pause, error);
        }
        this.stopTogether(pause);
        yield undefined;
      }
      yield* this.end();
    } catch (error) {
      // An abort may have no reason: only the failure of the run ends it.
      if (run.failure === undefined || error !== run.failure) throw error;
      const weights = this.weightsOfEnd();
      yield* this.callEnds(); // what one throws does not hide why the run failed
      run.failAfterCallbacks(weights);
      throw run.failure;
    }
  }

  private *begin(): Turns {
    try {
      for (const callback of this.callbacks) yield* this.answer('onBegin', callback.onBegin?.(this.trainer));
    } catch (error) {
      throw this.failTogether('begin', error);
    }
    this.ranks.afterBegin('on', this.trainer.optimizer);
  }

  private *end(): Turns {
    const { ranks, signal } = this;
    const { errors, isAborted } = yield* this.callEnds();
    if (errors.length > 0) throw this.failTogether('end', this.combined(errors));
    ranks.afterEnd('on');
    if (isAborted) throw signal!.reason;
  }

  /**
   * Tells every callback of the end, whatever the others throw: those first that put weights back, so that all see these.
   *
   * @returns what they have thrown, and whether the signal has ended the wait for one
   */
  private *callEnds(): Generator<Wait, { readonly errors: readonly unknown[]; readonly isAborted: boolean }, unknown> {
    const { callbacks, trainer, signal } = this;
    const putBack = callbacks.filter(({ putsBack }) => putsBack !== undefined);
    const errors: unknown[] = [];
    let isAborted = false;
    for (const callback of new Set([...putBack, ...callbacks])) {
      try {
        const answer = callback.onEnd?.(trainer);
        if (!isThenable(answer)) continue;
        yield* this.answer('onEnd', answer);
        isAborted ||= signal?.aborted === true;
      } catch (error) {
        errors.push(error);
      }
    }
    return { errors, isAborted };
  }

  /** One error as it is, several together. */
  private combined(errors: readonly unknown[]): unknown {
    if (errors.length === 1) return errors[0];
    const message = `${this.operation}: ${errors.length} callbacks have thrown in onEnd (${errors.map(textOf).join('; ')})`;
    return new AggregateError(errors, message, { cause: errors[0] });
  }

  /** Waits for what a callback has promised. */
  private *answer(name: string, answer: unknown): Generator<Wait, unknown, unknown> {
    return isThenable(answer) ? yield { name, pending: answer, signal: this.signal } : answer;
  }

  /** Waits for rows. Where none come, the other ranks must learn of it, who are not asked before the next step. */
  private *arrival(pending: Promise<void>): Turns {
    try {
      yield { name: 'train', pending, signal: this.isShared ? undefined : this.signal };
    } catch (error) {
      this.ranks.fail(error);
    }
  }

  /** Calls the callback for this pause, if there is one; returns its result. */
  private notify(pause: Pause, callback: Callback): unknown {
    const { run, trainer } = this;
    if (this.ranks.hasFailed) return undefined;
    switch (pause) {
      case 'step':
        return callback.onStep?.(run.stepEvent, trainer);
      case 'record':
        return callback.onEpochEnd?.(run.recorder.epochs.at(-1)!, trainer);
      case 'chunk':
        return undefined;
    }
  }

  /** Where any rank stops, all do. */
  private stopTogether(pause: Pause): void {
    const { ranks, run } = this;
    try {
      if (ranks.anyStops(pause, run.isStopped ? 'stop' : 'on', this.trainer.optimizer)) run.stop();
    } catch (error) {
      if (ranks.isBroken) run.failure = error;
      throw error;
    }
  }

  /** Where a callback of any rank throws, all end the fit: the others would wait for this one. Returns the error. */
  private failTogether(pause: Pause | 'begin' | 'end', error: unknown): unknown {
    const failed: Outcome = 'failed';
    const { optimizer } = this.trainer;
    if (pause === 'end') this.ranks.afterEnd(failed);
    else if (pause === 'begin') this.ranks.afterBegin(failed, optimizer);
    else this.ranks.anyStops(pause, failed, optimizer);
    return error;
  }

  /** Where any rank aborts, all do. */
  private throwIfAborted(): void {
    const own = this.signal?.aborted === true;
    if (!this.ranks.anyAborts(own)) return;
    throw own ? this.signal!.reason : abortedElsewhere(this.operation);
  }

  /** Whose weights a failed run has if a callback writes some at its end. */
  private weightsOfEnd(): string {
    const callback = this.callbacks.findLast(({ putsBack }) => putsBack !== undefined);
    if (callback === undefined) return 'the weights are those that a callback wrote in onEnd';
    const [kind] = kindsOf([callback]);
    return `the weights are those after step ${callback.putsBack}, which ${kind === 'callback' ? 'a callback' : kind} has put back`;
  }
}
