import { platform } from '#platform';

/** Seconds of training since the last record, without the pauses between `fit` calls. */
export class Clock {
  /** Without the current stretch. */
  private seconds = 0;
  private startedAt: number | undefined;

  start(): void {
    this.startedAt = platform.now();
  }

  stop(): void {
    this.seconds = this.elapsed;
    this.startedAt = undefined;
  }

  get elapsed(): number {
    return this.seconds + (this.startedAt === undefined ? 0 : (platform.now() - this.startedAt) / 1000);
  }

  /** Begins a new measurement at `seconds`. */
  restart(seconds: number): void {
    this.seconds = seconds;
    if (this.startedAt !== undefined) this.startedAt = platform.now();
  }

  /** Returns the seconds so far, and begins again at 0. */
  lap(): number {
    const { elapsed } = this;
    this.restart(0);
    return elapsed;
  }
}
