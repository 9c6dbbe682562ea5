/** What a gradient check found, as fields and as one line of text. */

/** One element, computed both ways. */
export interface ComparedElement {
  /** `W1`, or `x of layer 2 (Relu)` for dL/dx of that layer. */
  readonly array: string;
  /** Where it lies in the array, e.g. [0, 3]. */
  readonly index: readonly number[];
  /** dL/delement by differences of the loss. */
  readonly numerical: number;
  /** dL/delement by backpropagation. */
  readonly backpropagated: number;
  /** |numerical − backpropagated| / max(|numerical|, |backpropagated|), without what rounding explains. */
  readonly error: number;
}

/** How many elements were checked, and with what result. */
export interface ElementCounts {
  /** Elements that were compared, including those beside a kink. */
  readonly compared: number;
  /** Of those, elements where both gradients are exactly 0: they agree, but would hide most mistakes. */
  readonly zeros: number;
  /** Elements at a kink (ReLU at 0), where the loss has no derivative: compared on both sides of it where possible. */
  readonly kinks: number;
  /** Of those, elements that could not be compared beside the kink either. */
  readonly excused: number;
  /** Elements whose gradient is smaller than the rounding of the loss: no difference of losses can judge them. */
  readonly unresolved: number;
}

/** What was found, before the verdict. */
export interface Findings<K extends string = string> extends ElementCounts {
  /** The largest error of each parameter, over the compared elements. */
  readonly byParameter: Readonly<Record<K, number>>;
  /** The same for dL/dx of each layer, under names like `x of layer 2 (Relu)`. */
  readonly byInput: Readonly<Record<string, number>>;
  /** The element with the largest error, of equal errors the nearest to the loss; undefined if none was compared. */
  readonly worst: ComparedElement | undefined;
  /** What is wrong apart from single elements, as sentences: for example gradients that grow from pass to pass. */
  readonly faults: readonly string[];
  /** What could not be checked, as phrases. */
  readonly unchecked: readonly string[];
}

/** What a gradient check found. */
export interface GradientCheckResult<K extends string = string> extends Findings<K> {
  /** Whether every error is at most `tolerance` and there are no `faults`. */
  readonly ok: boolean;
  /** The largest of `byParameter` and `byInput`. */
  readonly maxError: number;
  /**
   * The result as one line.
   *
   * @example
   * String(result)
   * // 'right: 43 elements compared; largest error 2.1e-10 at W1[0][3] (numerical 0.0113, backpropagated 0.0113)'
   */
  toString(): string;
}

/** The findings with their verdict. */
export function judged<K extends string>(findings: Findings<K>, tolerance: number): GradientCheckResult<K> {
  const maxError = Math.max(0, ...Object.values<number>(findings.byParameter), ...Object.values(findings.byInput));
  const ok = maxError <= tolerance && findings.faults.length === 0;
  const result = { ok, maxError, ...findings };
  Object.defineProperty(result, 'toString', { value: () => line(result) });
  return Object.freeze(result);
}

function line({
  ok,
  compared,
  zeros,
  kinks,
  excused,
  unresolved,
  worst,
  faults,
  unchecked,
}: Omit<GradientCheckResult, 'toString'>): string {
  const counts = [
    `${compared} ${compared === 1 ? 'element' : 'elements'} compared`,
    zeros > 0 && `${zeros} of them 0 both ways`,
    kinks > 0 && `${kinks} at a kink${excused > 0 ? ` (${excused} excused)` : ''}`,
    unresolved > 0 && `${unresolved} smaller than rounding`,
  ].filter((part) => part !== false);
  return [
    `${ok ? 'right' : 'wrong'}: ${counts.join(', ')}`,
    ...(worst === undefined ? [] : [`largest error ${describe(worst)}`]),
    ...faults,
    ...(unchecked.length === 0 ? [] : [`not checked: ${unchecked.join(', ')}`]),
  ].join('; ');
}

function describe({ array, index, numerical, backpropagated, error }: ComparedElement): string {
  const place = index.map((i) => `[${i}]`).join('');
  const [byLoss, byLayers] = [numerical, backpropagated].map((value) => Number(value.toPrecision(6)));
  return `${error.toPrecision(2)} at ${array}${place} (numerical ${byLoss}, backpropagated ${byLayers})`;
}
