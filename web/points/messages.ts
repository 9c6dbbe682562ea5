/** What the page and its Worker say to each other. */

import type { Settings } from './settings.js';

export type ToWorker =
  /** Build points and network anew. `run` numbers the set-ups, so that late messages of an old one are known. */
  | { readonly type: 'setUp'; readonly run: number; readonly settings: Settings }
  /** Train until told to pause, at most so many epochs a second. */
  | { readonly type: 'play'; readonly epochsPerSecond: number }
  | { readonly type: 'pause' }
  /** One update of the weights. */
  | { readonly type: 'step' }
  /** The last frame has been drawn: the next may be sent. */
  | { readonly type: 'drawn' };

export type FromWorker = Ready | Frame | Stopped;

/** Points and network are there. */
export interface Ready {
  readonly type: 'ready';
  readonly run: number;
  readonly train: PointList;
  readonly test: PointList;
  /** Why it cannot be trained, in a sentence; absent where it can. */
  readonly obstacle?: string;
}

/** x holds two coordinates for each point, one point after another; labels its class. */
export interface PointList {
  readonly x: Float32Array;
  readonly labels: Int32Array;
}

/** What is to be seen of the run at one moment. */
export interface Frame {
  readonly type: 'frame';
  readonly run: number;
  readonly step: number;
  readonly epoch: number;
  readonly trainLoss: number;
  readonly testLoss: number;
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  /** A train loss and a test loss for each epoch since the last frame; those of the untrained network come first. */
  readonly losses: Float32Array;
  /** A picture of MAP × MAP bytes for each hidden neuron, layer by layer, and last the probability of class 1. */
  readonly maps: Uint8Array<ArrayBuffer>;
  /** The weights of each Affine layer, (in, out), one layer after another. */
  readonly weights: Float32Array;
}

/** The run has come to rest. */
export interface Stopped {
  readonly type: 'stopped';
  readonly run: number;
  readonly why: 'paused' | 'stepped' | 'complete' | 'diverged';
}

/** The side of a picture, in places. */
export const MAP = 64;
