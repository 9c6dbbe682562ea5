/** Something that was thrown: also where that is undefined. */
export interface Thrown {
  readonly error: unknown;
}

/** What this rank has to tell the others beside the numbers of the run, and what they have told. It goes with what is exchanged anyway. */
export class News {
  /** What was thrown on this rank outside of the network, which the others do not know yet. */
  failed: Thrown | undefined;
  /** By which this rank may abort. */
  signal: { readonly aborted: boolean } | undefined;
  /** Whether any rank aborts, by the last exchange. */
  isAborted = false;

  /** 1 if this rank aborts, to be summed. */
  get aborts(): number {
    return Number(this.signal?.aborted === true);
  }
}
