/** The activations and their derivatives, element by element. */

import type { Activation, Floats } from '../numbers.js';

/** y ← f(x), n elements. */
export function activate(y: Floats, x: Floats, n: number, f: Activation): void {
  switch (f) {
    case 'identity':
      for (let i = 0; i < n; i++) y[i] = x[i]!;
      break;
    case 'relu':
      // Math.max, unlike a comparison, returns NaN for NaN.
      for (let i = 0; i < n; i++) y[i] = Math.max(x[i]!, 0);
      break;
    case 'sigmoid':
      // exp(−x) overflows to ∞ for very negative x, and 1 / ∞ = 0 is correct.
      for (let i = 0; i < n; i++) y[i] = 1 / (1 + Math.exp(-x[i]!));
      break;
    case 'tanh':
      for (let i = 0; i < n; i++) y[i] = Math.tanh(x[i]!);
      break;
  }
}

/** dx ← dy · f′ at the output y, n elements. */
export function activateBackward(dx: Floats, dy: Floats, y: Floats, n: number, f: Activation): void {
  switch (f) {
    case 'identity':
      for (let i = 0; i < n; i++) dx[i] = dy[i]!;
      break;
    case 'relu':
      // A product rather than a choice: a NaN or ∞ in dy becomes a NaN in dx even where f′ is 0.
      for (let i = 0; i < n; i++) dx[i] = dy[i]! * (y[i]! > 0 ? 1 : 0);
      break;
    case 'sigmoid':
      for (let i = 0; i < n; i++) dx[i] = dy[i]! * (y[i]! * (1 - y[i]!));
      break;
    case 'tanh':
      for (let i = 0; i < n; i++) dx[i] = dy[i]! * (1 - y[i]! * y[i]!);
      break;
  }
}

/** dy · f′ at the output y, of one element. */
export function timesSlope(dy: number, y: number, f: Activation): number {
  switch (f) {
    case 'identity':
      return dy;
    case 'relu':
      return dy * (y > 0 ? 1 : 0);
    case 'sigmoid':
      return dy * (y * (1 - y));
    case 'tanh':
      return dy * (1 - y * y);
  }
}
