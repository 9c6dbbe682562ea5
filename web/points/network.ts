/** The network and the optimizer of a set-up, by the library's own names. */

import {
  AdaGrad,
  Adam,
  AdamW,
  type LayerDescription,
  Momentum,
  Nesterov,
  type Optimizer,
  RMSProp,
  Sequential,
  SGD,
} from 'zerokara';
import type { InitialWeights, Settings } from './settings.js';

const RULES: Readonly<Record<Settings['optimizer'], (learningRate: number) => Optimizer>> = {
  sgd: (learningRate) => new SGD({ learningRate }),
  momentum: (learningRate) => new Momentum({ learningRate }),
  nesterov: (learningRate) => new Nesterov({ learningRate }),
  adaGrad: (learningRate) => new AdaGrad({ learningRate }),
  rmsProp: (learningRate) => new RMSProp({ learningRate }),
  adam: (learningRate) => new Adam({ learningRate }),
  adamW: (learningRate) => new AdamW({ learningRate }),
};

export function optimizerOf({ optimizer, rate }: Settings): Optimizer {
  return RULES[optimizer](Number(rate));
}

/** Affine layers with their activation, each hidden one followed by dropout where there is any; two scores for the softmax. */
export function networkOf({ layers, activation, init, decay, dropout, seed }: Settings): Sequential {
  const hidden = layers.flatMap((outputSize): LayerDescription[] => [
    { type: 'affine', outputSize, activation, ...initial(init) },
    ...(dropout === 0 ? [] : [{ type: 'dropout' as const, ratio: dropout / 100 }]),
  ]);
  const output: LayerDescription = { type: 'affine', outputSize: 2, ...initial(init) };
  return Sequential.from({ input: 2, layers: [...hidden, output], l2: Number(decay) }, { seed });
}

function initial(init: InitialWeights) {
  if (init === 'default') return {};
  return { weightInitStd: init === 'he' || init === 'xavier' ? init : Number(init) };
}
