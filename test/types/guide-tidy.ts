import { Tensor, tidy } from 'zerokara';

const x = Tensor.randomUniform([200, 3], { low: -1, high: 1, seed: 1 });
const y = x.matMul(Tensor.from([[2], [-1], [0.5]])).add(3);
const [w, b] = [Tensor.zeros([3, 1]), Tensor.zeros([1])];

/** A step of gradient descent on the mean of (x·w + b − y)². */
function step(): number {
  const difference = x.matMul(w).add(b).sub(y);
  w.addScaled(x.matMul(difference, { transposeA: true }), -0.2 / x.shape[0]!);
  b.addScaled(difference.sum(0), -0.2 / x.shape[0]!);
  return difference.pow(2).mean();
}

for (let i = 0; i < 200; i++) tidy(step); // or step(): the same numbers
console.log(
  tidy(step) < 1e-4,
  w.toArray().map(([value]) => Math.round(value! * 10) / 10),
);

let forgotten = x;
const kept = tidy(() => {
  forgotten = x.neg();
  return { sums: x.sum(0), copy: forgotten.clone() };
});
console.log(kept.sums.shape, kept.copy.shape, forgotten.data.length);
