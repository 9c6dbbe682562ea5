// The rows that a classifier gets wrong.

/**
 * @param {{ data: ArrayLike<number>, shape: readonly number[] }} probabilities (N, classes), as `predict` gives them
 * @param {ArrayLike<number>} labels the class of each row
 * @returns each row whose most probable class is not its label, with both, and the probability of that class
 */
export function mistakesOf({ data, shape }, labels) {
  const classes = shape[1];
  const mistakes = [];
  for (let row = 0; row < labels.length; row++) {
    let guess = 0;
    for (let j = 1; j < classes; j++) if (data[row * classes + j] > data[row * classes + guess]) guess = j;
    const label = labels[row];
    if (guess !== label) mistakes.push({ row, label, guess, probability: data[row * classes + guess] });
  }
  return mistakes;
}
