import type { Evaluator } from '../models/network.js';
import type { Snapshot, Snapshots } from './snapshots.js';

/**
 * Goes back to the newest snapshot whose weights give a finite loss over all rows, one chunk of rows at a time, so that
 * others may run in between.
 */
export class Recovery {
  private readonly candidates: readonly Snapshot[];
  private tried = 0;

  /** @param evaluator of the finite training rows; undefined if there are none: then the newest snapshot is taken */
  constructor(
    private readonly snapshots: Snapshots,
    private readonly evaluator: Evaluator | undefined,
  ) {
    this.candidates = snapshots.newestFirst;
    this.evaluator?.restart();
    this.snapshots.restore(this.present);
  }

  /** The snapshot that is being tried. */
  get present(): Snapshot {
    return this.candidates[this.tried]!;
  }

  /** Continues: true once the current one gives a finite loss, false if none does, undefined while there is more to do. */
  next(): boolean | undefined {
    if (this.evaluator === undefined) return true;
    const evaluation = this.evaluator.next();
    const loss = evaluation?.loss ?? this.evaluator.state().loss;
    if (Number.isFinite(loss)) return evaluation === undefined ? undefined : true;
    if (this.tried + 1 === this.candidates.length) return false;
    this.tried++;
    this.evaluator.restart();
    this.snapshots.restore(this.present);
    return undefined;
  }
}
