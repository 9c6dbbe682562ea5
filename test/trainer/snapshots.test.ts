import { describe, expect, test } from 'vitest';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Adam } from '../../src/optim/adam.js';
import type { Optimizer, OptimizerState } from '../../src/optim/optimizer.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { Snapshots } from '../../src/trainer/snapshots.js';

const newNet = (): TwoLayerNet => new TwoLayerNet({ inputSize: 3, hiddenSize: 4, outputSize: 2, seed: 1 });
const step = (net: TwoLayerNet, optimizer: Optimizer): void => {
  net.lossAndGradient([[1, 2, 3]], [1]);
  optimizer.update(net.params, net.grads, net.decayed);
};

/** Keeps an array for each parameter from its first update on, and tells of them in one and the same record. */
class Lazy implements Optimizer {
  readonly learningRate = 0.1;
  readonly tensors: Record<string, Record<string, Tensor>> = { sums: {} };

  update(params: Readonly<Record<string, Tensor>>, grads: Readonly<Record<string, Tensor>>): void {
    for (const [name, { data }] of Object.entries(params)) {
      this.tensors['sums']![name] ??= Tensor.zeros(grads[name]!.shape);
      const sums = this.tensors['sums']![name]!;
      sums.data.forEach((value, i) => {
        sums.data[i] = value + grads[name]!.data[i]!;
        data[i]! -= this.learningRate * sums.data[i]!;
      });
    }
  }

  state(): OptimizerState {
    return { numbers: {}, tensors: this.tensors };
  }

  restore({ tensors }: OptimizerState): void {
    for (const [name, { data }] of Object.entries(tensors['sums']!)) this.tensors['sums']![name]!.data.set(data);
  }
}

describe('Snapshots', () => {
  test.each([
    ['of the library', () => new Adam()],
    ['with arrays that come later', () => new Lazy()],
  ])('go back to what network and optimizer %s were', (_, make) => {
    const [net, optimizer] = [newNet(), make()];
    const snapshots = new Snapshots(net, optimizer);
    snapshots.take(0);
    snapshots.prove();
    step(net, optimizer);
    snapshots.take(1);
    snapshots.prove();
    const after = { params: net.stateDict(), optimizer: structuredClone(optimizer.state().numbers) };
    const arrays = (): number[] =>
      Object.values(optimizer.state().tensors).flatMap((of) => Object.values(of).flatMap(({ data }) => [...data]));
    const remembered = arrays();
    for (let i = 2; i < 6; i++) {
      step(net, optimizer);
      snapshots.take(i); // not proven: these share one place
    }
    expect(snapshots.newestFirst.map((one) => one.step)).toEqual([5, 1, 0]);
    snapshots.restore(snapshots.newestFirst[1]!);
    expect(net.stateDict()).toEqual(after.params);
    expect(optimizer.state().numbers).toEqual(after.optimizer);
    expect(arrays()).toEqual(remembered);
  });

  test('know whether the present is the newest one, to the bit', () => {
    const [net, optimizer] = [newNet(), new Adam()];
    step(net, optimizer);
    const snapshots = new Snapshots(net, optimizer);
    snapshots.take(1);
    expect(snapshots.presentIsProven).toBe(false);
    snapshots.prove();
    expect(snapshots.presentIsProven).toBe(true);
    net.params.b1.data[0]! += 1;
    expect(snapshots.presentIsProven).toBe(false);
  });
});
