/** The networks and update rules that the choices of the page name. */

import {
  AdaGrad,
  Adam,
  type AugmentOptions,
  DeepConvNet,
  Momentum,
  MultiLayerNet,
  Nesterov,
  type Optimizer,
  RMSProp,
  Sequential,
  SGD,
  SimpleConvNet,
  SimpleNet,
  TwoLayerNet,
} from 'zerokara';
import { PIXELS } from './packed-digits.js';
import type { NetworkSettings, TrainingSettings } from './settings.js';

/** What bytes are multiplied by. */
export const PIXEL_SCALE: number = 1 / 255;

export function networkOf({ network, hiddenSize, weights, seed }: NetworkSettings): Sequential {
  const shared = { hiddenSize, outputSize: 10, weightInitStd: weights, seed };
  return network === 'twoLayer' ? new TwoLayerNet({ inputSize: PIXELS, ...shared }) : new SimpleConvNet(shared);
}

/** The classes that read their own files only, so that a network is saved again as what it was. */
const CLASSES = [TwoLayerNet, SimpleConvNet, MultiLayerNet, DeepConvNet, SimpleNet] as const;

/** @throws {DataError} if the bytes hold no network */
export function networkOfFile(bytes: Uint8Array): Sequential {
  for (const Class of CLASSES) {
    try {
      return Class.fromBytes(bytes);
    } catch {} // it is another one, or Sequential says what is wrong
  }
  return Sequential.fromBytes(bytes);
}

export function optimizerOf({ optimizer, learningRate }: TrainingSettings): Optimizer {
  switch (optimizer) {
    case 'sgd':
      return new SGD({ learningRate });
    case 'momentum':
      return new Momentum({ learningRate });
    case 'nesterov':
      return new Nesterov({ learningRate });
    case 'adaGrad':
      return new AdaGrad({ learningRate });
    case 'rmsProp':
      return new RMSProp({ learningRate });
    case 'adam':
      return new Adam({ learningRate });
  }
}

/** How each digit is changed before a step sees it. */
export function augmentationOf({ augmentation }: TrainingSettings): AugmentOptions | undefined {
  switch (augmentation) {
    case 'none':
      return undefined;
    case 'shift':
      return { shift: 2 };
    case 'all':
      return { shift: 2, rotate: 10, scale: 0.1 };
  }
}
