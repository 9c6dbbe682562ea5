import { expect, test } from 'vitest';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { LONG } from '../support/long.js';
import { ERRORS, wrongNetwork } from '../support/planted-error.js';
import { randomNetwork } from '../support/random-network.js';

/** Networks of each sort; the studies are meant for 500. */
const COUNT = LONG ? 500 : 60;

/** Milliseconds; the full studies take about 20 seconds. */
const TIMEOUT = 600_000;

test(
  `FOUND D1, D2: ${COUNT} right networks, of all layers, losses and scales: none is called wrong`,
  () => {
    const wrong: string[] = [];
    let [compared, kinks, excused, unresolved] = [0, 0, 0, 0];
    for (let seed = 0; seed < COUNT; seed++) {
      const { net, x, labels, description } = randomNetwork(seed);
      const result = gradientCheck(net, x, labels, { seed });
      if (!result.ok) wrong.push(`${description}: ${result}`);
      compared += result.compared;
      kinks += result.kinks;
      excused += result.excused;
      unresolved += result.unresolved;
    }
    console.log(
      `${COUNT} right networks: ${wrong.length} called wrong; ${compared} elements compared, ${kinks} at a kink, ` +
        `${excused} excused, ${unresolved} smaller than rounding`,
    );
    expect(wrong).toEqual([]);
    expect(excused).toBeLessThan(0.01 * (compared + excused + unresolved));
  },
  TIMEOUT,
);

test(
  `FOUND D3: ${COUNT} networks with one planted error: nearly all are called wrong, and the rest is explained`,
  () => {
    const missed: string[] = [];
    for (let seed = 0; seed < COUNT; seed++) {
      const { net, x, labels, description } = wrongNetwork(ERRORS[seed % ERRORS.length]!, seed);
      const result = gradientCheck(net, x, labels, { seed });
      if (result.ok) missed.push(`${description}: ${result}`);
    }
    console.log(`${COUNT} wrong networks: ${COUNT - missed.length} called wrong\n${missed.join('\n')}`);
    // What is missed: converged regressions, where what is left between answers and targets is a few last digits, and so is
    // its gradient; and networks of whole numbers, whose ReLUs stand at 0 by cancellation, so that rounding switches them.
    expect(missed.length).toBeLessThanOrEqual(Math.max(1, 0.01 * COUNT));
  },
  TIMEOUT,
);
