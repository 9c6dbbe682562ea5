/** The choices of the page. They are plain data, so that the page can send them to its worker. */

/** What the network is: fixed until it is reset. */
export interface NetworkSettings {
  readonly network: 'twoLayer' | 'convolutional';
  readonly hiddenSize: number;
  readonly weights: 'he' | 'xavier' | 0.01;
  /** Of the initial weights, and of the order of the digits. */
  readonly seed: number;
}

export type OptimizerChoice = 'sgd' | 'momentum' | 'nesterov' | 'adaGrad' | 'rmsProp' | 'adam';

/** How it learns: may change between two runs of the same network. */
export interface TrainingSettings {
  readonly optimizer: OptimizerChoice;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly augmentation: 'none' | 'shift' | 'all';
  readonly epochs: number;
}

/** The learning rate to begin with for each rule: what works for both networks with weights by He. */
export const LEARNING_RATES: Readonly<Record<OptimizerChoice, number>> = {
  sgd: 0.1,
  momentum: 0.03,
  nesterov: 0.03,
  adaGrad: 0.03,
  rmsProp: 0.001,
  adam: 0.001,
};
