import { addAllLayers } from '../layers/all-layers.js';
import { Sequential as Described } from './described-network.js';

export type { LoadOptions } from './described-network.js';

/** The class, once a description may have any layer. A network of known layers imports the class alone. */
function withAllLayers(): typeof Described {
  addAllLayers();
  return Described;
}

/**
 * Layers one after another, and a loss at the end.
 *
 * Parameters are named by the book: the k-th layer whose first parameter is W gives its `W` and `b` as `Wk` and `bk`; layers
 * with other parameters are numbered separately. Each layer instance may appear in a network once.
 *
 * @example new Sequential([new Affine({ inputSize: 4, outputSize: 8 }), new Relu(), new Affine({ inputSize: 8, outputSize: 3 })])
 * @throws {ArgumentError} for an empty list, a layer that appears twice, layers of different dtypes, or no loss layer
 * @class
 */
export const Sequential: typeof Described = withAllLayers();

/** A network of layers one after another; see the class. */
export type Sequential<K extends string = string> = Described<K>;
