/** The objective of random-search's test of Workers: a score from the hyper-parameters and the shared data. */
export default async function objective({ rate }, { trial, seed, budget }, { train }) {
  await new Promise((resolve) => setTimeout(resolve, seed % 7)); // finished in no order
  if (trial === 3) throw Object.assign(new Error('the loss is NaN'), { code: 'ZK_DIVERGENCE' });
  if (rate > 1) throw new RangeError(`rate is ${rate}`);
  const isShared = train.x.data.buffer instanceof SharedArrayBuffer && train.labels.buffer instanceof SharedArrayBuffer;
  return isShared ? Math.sin(rate * 1e4 * budget) + train.x.data[1] + train.labels[0] : Number.NaN;
}
