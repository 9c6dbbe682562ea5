/** What the page and its worker say to each other. Pictures and weights travel as transferred arrays. */

import type { NetworkSettings, TrainingSettings } from './settings.js';

/** From the page to the worker. */
export type Request =
  | { readonly type: 'build'; readonly settings: NetworkSettings }
  | { readonly type: 'train'; readonly settings: TrainingSettings }
  | { readonly type: 'pause' }
  /** 28 × 28 bytes that the network is asked about, now and after each stretch of training. */
  | { readonly type: 'look'; readonly question: number; readonly pixels: Uint8Array }
  | { readonly type: 'open'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly type: 'save' };

/** From the worker to the page. */
export type Answer = Ready | Unavailable | Built | Progress | Measured | Weights | Seen | Stopped | Saved;

/** The digits are here. */
export interface Ready {
  readonly type: 'ready';
  readonly trainCount: number;
  /** The test data, 784 bytes each; row i shows the digit i mod 10. */
  readonly test: Uint8Array;
  /** The backend that computes, and why it was chosen. */
  readonly backend: string;
  readonly reason: string;
}

/** The digits could not be fetched, so there is no network; the next request fetches again. */
export interface Unavailable {
  readonly type: 'unavailable';
  readonly message: string;
}

/** There is another network: built from the settings, or read from a file. */
export interface Built {
  readonly type: 'built';
  /** Its class, e.g. TwoLayerNet. */
  readonly name: string;
  /** The shapes of a row from the input to the scores, e.g. `784 → 50 → 10`. */
  readonly sizes: string;
  readonly parameters: number;
  /** Before any training here, on the test data. */
  readonly testAccuracy: number;
  /** The name of the file that it was read from. */
  readonly file?: string;
}

/** Losses of the steps since the last message of this type. */
export interface Progress {
  readonly type: 'progress';
  readonly losses: Float64Array<ArrayBuffer>;
  /** Updates of this network so far. */
  readonly step: number;
  /** The epoch of this network under way, of how many. */
  readonly epoch: number;
  readonly epochs: number;
}

/** What was measured after an epoch. */
export interface Measured {
  readonly type: 'measured';
  readonly step: number;
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  readonly testLoss: number;
}

/** The weights of the first layer, one picture for each filter or neuron, one after another. */
export interface Weights extends Pictures {
  readonly type: 'weights';
  /** What the pictures belong to. */
  readonly of: 'filters' | 'neurons';
}

/** Pictures of one size: `count` times height · width numbers. */
export interface Pictures {
  readonly count: number;
  /** How many there are; the first `count` of them are here. */
  readonly total: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array<ArrayBuffer>;
}

/** What the network makes of the digit it was last asked about. */
export interface Seen {
  readonly type: 'seen';
  /** The number of the question. */
  readonly question: number;
  /** One for each digit, sum 1. */
  readonly probabilities: Float64Array<ArrayBuffer>;
  readonly layers: readonly LayerOutput[];
}

/** What one layer gives: feature maps, or one number a neuron (height and width 1). */
export interface LayerOutput extends Pictures {
  /** Its class and activation, e.g. `Convolution, ReLU`. */
  readonly name: string;
}

/** The run has come to its end, was paused, or failed. */
export interface Stopped {
  readonly type: 'stopped';
  readonly why: 'complete' | 'paused' | 'failed';
  /** Why it failed, in the library's words. */
  readonly message?: string;
  /** What looks wrong about a run that has come to its end, a sentence or two each. */
  readonly warnings?: readonly string[];
}

/** The network as a safetensors file. */
export interface Saved {
  readonly type: 'saved';
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}
