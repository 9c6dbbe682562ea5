import type { Ranks } from '../distributed/ranks.js';
import { ArgumentError } from '../errors.js';
import type { Layer } from '../layers/layer.js';
import type { Network } from '../models/network.js';

/**
 * Refuses a run in which a batch would have fewer rows than a layer can learn from.
 *
 * @param rows of the training set, Infinity if their number is not known; `batchSize` of them make a batch, and the last of an
 *   epoch has what is left; the ranks share each batch
 * @throws {ArgumentError} naming the layer, the batch and the remedy
 */
export function requireEnoughRows(
  net: Network,
  {
    rows,
    batchSize,
    isLastKept,
    ranks,
  }: { readonly rows: number; readonly batchSize: number; readonly isLastKept: boolean; readonly ranks: Ranks },
): void {
  const { layers = [] } = net as Network & { readonly layers?: readonly Layer[] };
  const isKnown = rows !== Number.POSITIVE_INFINITY;
  const left = isKnown ? rows % batchSize : Math.min(1, batchSize - 1);
  const isLast = isLastKept && left > 0;
  const whole = isLast ? left : batchSize;
  const demanding = layers.findIndex((of) => ranks.smallestPart(whole, of) < (of.minimumRows ?? 0));
  if (demanding < 0) return;
  const layer = layers[demanding]!;
  const smallest = ranks.smallestPart(whole, layer);
  const inAll = isKnown ? `${rows} rows in all` : 'the number of rows is not known';
  const count = (n: number): string => (n === 1 ? '1 row' : `${n} rows`);
  const part = smallest === whole ? '' : `, of which a part has ${count(smallest)}`;
  const size = `${count(whole)}${part}`;
  throw new ArgumentError({
    operation: 'Trainer',
    found: isLast
      ? `batchSize ${batchSize} ${isKnown ? 'leaves' : 'may leave'} a last batch of ${size} (${inAll})`
      : `each batch has ${size} (batchSize ${batchSize}, ${inAll})`,
    expected: `at least ${layer.minimumRows} rows, which layer ${demanding + 1} (${layer.constructor.name}) needs in training`,
    fix:
      isLast && rows > batchSize ? 'Use dropLast: true, or another batchSize' : 'Use a larger batchSize and more rows',
  });
}
