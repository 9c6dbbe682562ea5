import type { Floats } from '../backend/backend.js';
import { isFloats, keepName } from '../identity.js';
import { copyTogether } from '../io/plain-data.js';
import type { Network } from '../models/network.js';
import { checkOptions, requireFlag, requireInteger } from '../options.js';
import { showAsText } from '../show-as-text.js';
import type { EpochRecord } from './epoch-record.js';
import type { Callback, Training } from './fit-options.js';
import { foreignState, type MonitorOptions, Watch } from './watch.js';

/** What `EarlyStopping` takes. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** Records without a better one after which the run stops, at least 1. Default 10. */
  readonly patience?: number;
  /** Put back the weights of the best record when the run ends. Default true. */
  readonly restoreBest?: boolean;
}

/** Arrays by the names of the network's parameters and buffers. */
type Weights = Readonly<Record<string, Floats>>;

/**
 * Ends a run that no longer becomes better, and puts back the weights of its best record, whatever ended it: this, another
 * callback, its last step, or a loss that is not finite.
 *
 * An aborted run has not ended: its weights stay, and `fit` continues with them.
 *
 * @example
 * new Trainer(net, { train, validation: 0.2, epochs: 1000, callbacks: [new EarlyStopping({ patience: 5 })] })
 * @throws {ArgumentError} for an unknown monitor, or a patience below 1
 */
export class EarlyStopping implements Callback {
  static {
    keepName(EarlyStopping, 'EarlyStopping');
  }

  /** All ranks have the records by which it decides. */
  readonly everywhere = true;

  private readonly watch: Watch;
  private readonly patience: number;
  private readonly restoreBest: boolean;
  private weights: Weights | null = null;
  private bestStep = 0;

  constructor(options: EarlyStoppingOptions = {}) {
    checkOptions('EarlyStopping', options, ['monitor', 'minDelta', 'patience', 'restoreBest']);
    this.watch = new Watch('EarlyStopping', options);
    this.patience = requireInteger('EarlyStopping', 'patience', options.patience ?? 10, 1);
    this.restoreBest = requireFlag('EarlyStopping', 'restoreBest', options.restoreBest ?? true);
  }

  onAttach(training: Training): void {
    this.watch.attach(training);
  }

  onEpochEnd(record: EpochRecord, { net }: Training): unknown {
    if (this.watch.isBetter(record)) {
      this.bestStep = record.step;
      if (this.restoreBest) this.weights = copyOf(net, this.weights);
      return undefined;
    }
    return this.watch.records < this.patience ? undefined : 'stop';
  }

  onEnd({ net }: Training): void {
    this.watch.restartWaiting(); // a run that is extended has its patience again
    if (this.weights === null) return;
    for (const [name, { data }] of Object.entries({ ...net.params, ...net.buffers })) data.set(this.weights[name]!);
  }

  /** The step whose weights `onEnd` puts back; undefined if it puts none back. */
  get putsBack(): number | undefined {
    return this.weights === null ? undefined : this.bestStep;
  }

  /** The step of the best record; 0 before the first. */
  get bestAt(): number {
    return this.bestStep;
  }

  /** One line, which `console.log` shows too. */
  toString(): string {
    const best = this.bestStep === 0 ? 'no record yet' : `best at step ${this.bestStep}`;
    return `EarlyStopping: ${this.watch.monitor}, patience ${this.patience}, ${best}`;
  }

  settings(): Readonly<Record<string, unknown>> {
    return { ...this.watch.settings(), patience: this.patience, restoreBest: this.restoreBest };
  }

  state(): unknown {
    return { ...this.watch.state(), bestStep: this.bestStep, weights: this.weights };
  }

  restore(state: unknown): void {
    const { bestStep, weights } = (state ?? {}) as { bestStep?: number; weights?: Weights | null };
    const areWeights = weights === null || (typeof weights === 'object' && Object.values(weights).every(isFloats));
    if (!Number.isSafeInteger(bestStep) || !areWeights) throw foreignState('EarlyStopping', state);
    this.watch.restore(state);
    this.bestStep = bestStep!;
    this.weights = weights && Object.fromEntries(Object.entries(weights).map(([name, data]) => [name, data.slice()]));
  }
}

showAsText(EarlyStopping);

/** A copy of all that the network holds, in the arrays of an older one. */
function copyOf(net: Network, old: Weights | null): Weights {
  if (old === null) {
    const all = Object.entries({ ...net.params, ...net.buffers });
    return copyTogether(Object.fromEntries(all.map(([name, { data }]) => [name, data])));
  }
  for (const name in net.params) old[name]!.set(net.params[name]!.data);
  for (const name in net.buffers) old[name]!.set(net.buffers[name]!.data);
  return old;
}
