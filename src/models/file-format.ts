import type { Dtype } from '../backend/backend.js';
import type { NetworkDescription } from './description.js';

/** The format that is written. Format 1 was that of version 0.1.0. */
export const FORMAT = 2;

/** The metadata entry of a file of `trainer.save`: such a file holds a run, not a network. */
export const RUN = 'zerokara.run';

/** The metadata entry of a file of `TableModel.save`: beside the network it holds the preprocessing of a table. */
export const TABLE = 'zerokara.table';

/** What a file holds of a network besides its numbers: everything needed to build it again. */
export interface SavedNetwork {
  /** The format of this object. */
  readonly format: number;
  /** The network's class. */
  readonly network: string;
  readonly description: NetworkDescription;
  readonly built: {
    readonly dtype: Dtype;
    /** Seed of the initial weights, where the network knows it. */
    readonly seed?: number;
  };
  /** The names of its tensors in the file: layer by layer, parameters before buffers. */
  readonly tensors: readonly string[];
  /** The scale of the bytes that the network was trained on. */
  readonly byteScale?: number;
}
