/** The pictures: what each neuron gives for each place of the plane. */

import { type Sequential, Tensor } from 'zerokara';
import { MAP } from './messages.js';
import { REACH } from './settings.js';

const PLACES = MAP * MAP;

/** The middles of MAP × MAP cells, row by row from the upper left corner. */
function places(): Tensor {
  const x = new Float32Array(2 * PLACES);
  for (let i = 0; i < PLACES; i++) {
    x[2 * i] = REACH * ((2 * (i % MAP) + 1) / MAP - 1);
    x[2 * i + 1] = REACH * (1 - (2 * Math.floor(i / MAP) + 1) / MAP);
  }
  return new Tensor(x, [PLACES, 2]);
}

/** Draws the pictures of one network. */
export class Maps {
  readonly #net: Sequential;
  readonly #x: Tensor = places();

  constructor(net: Sequential) {
    this.#net = net;
  }

  /** A picture for each hidden neuron, layer by layer, and last the probability of class 1; 128 is the middle. */
  draw(neurons: number): Uint8Array<ArrayBuffer> {
    const maps = new Uint8Array(PLACES * (neurons + 1));
    let [x, done] = [this.#x, 0];
    const next = (): Uint8Array => maps.subarray(PLACES * done, PLACES * ++done);
    for (const [i, layer] of this.#net.layers.entries()) {
      // The inference pass of one layer after another, and a look at what lies between them.
      x = (layer.infer ?? layer.forward).call(layer, x);
      if (i === this.#net.layers.length - 1) drawProbability(next(), x);
      else if ('W' in layer.params)
        for (let j = 0; j < x.shape[1]!; j++) drawNeuron(next(), x, j, layerActivation(layer));
    }
    return maps;
  }
}

function layerActivation(layer: object): string {
  return (layer as { readonly activation?: string }).activation ?? 'identity';
}

/** The softmax of two scores is the sigmoid of their difference. */
function drawProbability(map: Uint8Array, { data: scores }: Tensor): void {
  for (let i = 0; i < PLACES; i++) {
    const probability = 1 / (1 + Math.exp(scores[2 * i]! - scores[2 * i + 1]!));
    map[i] = Math.round(255 * probability);
  }
}

/** An output with known ends as it is, one without by its largest size; 0 (of a sigmoid ½) is the middle. */
function drawNeuron(map: Uint8Array, { data, shape }: Tensor, neuron: number, activation: string): void {
  const width = shape[1]!;
  const [factor, shift] = activation === 'sigmoid' ? [2, -1] : [1 / largest(data, neuron, width, activation), 0];
  for (let i = 0; i < PLACES; i++) {
    map[i] = Math.round(127.5 * (1 + factor! * data[i * width + neuron]! + shift!));
  }
}

function largest(data: Tensor['data'], neuron: number, width: number, activation: string): number {
  if (activation === 'tanh') return 1;
  let most = 1e-6; // a dead neuron is 0 everywhere
  for (let i = neuron; i < data.length; i += width) most = Math.max(most, Math.abs(data[i]!));
  return most;
}
