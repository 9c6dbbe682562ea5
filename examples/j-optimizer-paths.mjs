// Optimizers on a narrow valley (chapter 6). Run: node examples/j-optimizer-paths.mjs
import { AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSProp, SGD, Tensor } from 'zerokara';
import { COLORS, chart, dots, line } from './support/chart.mjs';
import { Section } from './support/section.mjs';

const section = new Section('J', 'Optimizers: paths through a narrow valley');

/** f(x, y) = x² / 20 + y², whose gradient is (x / 10, 2y), from (−7, 2). */
const START = [-7, 2];

/** The points of 30 updates, the start among them. */
function pathOf(optimizer) {
  const float64 = /** @type {const} */ ({ dtype: 'float64', backend: 'js' });
  const params = { x: Tensor.from([START[0]], float64), y: Tensor.from([START[1]], float64) };
  const grads = { x: Tensor.zeros([1], float64), y: Tensor.zeros([1], float64) };
  const path = [[...START]];
  for (let step = 0; step < 30; step++) {
    grads.x.data[0] = params.x.data[0] / 10;
    grads.y.data[0] = 2 * params.y.data[0];
    optimizer.update(params, grads);
    path.push([params.x.data[0], params.y.data[0]]);
  }
  return path;
}

const adamOfThePaper = { learningRate: 0.3, epsilon: 1e-8, epsilonPlacement: /** @type {const} */ ('corrected') };
const paths = {
  SGD: pathOf(new SGD({ learningRate: 0.95 })),
  Momentum: pathOf(new Momentum({ learningRate: 0.1 })),
  AdaGrad: pathOf(new AdaGrad({ learningRate: 1.5 })),
  Adam: pathOf(new Adam({ learningRate: 0.3 })),
};

section.say('f(x, y) = x²/20 + y² from (−7, 2): where each rule is after 30 updates.');
section.defined('O1', 'SGD, η = 0.95', paths.SGD[30], [-0.3503929957523197, 0.0847823165504322], 1e-12);
section.defined(
  'O2',
  'Momentum, η = 0.1, α = 0.9',
  paths.Momentum[30],
  [0.896413858493733, 0.08808560171506971],
  1e-12,
);
section.defined(
  'O3',
  'Nesterov, η = 0.1, α = 0.9',
  pathOf(new Nesterov({ learningRate: 0.1 }))[30],
  [0.6896149016966209, -0.0006799058361171969],
  1e-12,
);
section.defined('O4', 'AdaGrad, η = 1.5', paths.AdaGrad[30], [-0.12016232231416045, 2.49e-17], 1e-12);
section.defined(
  'O5',
  'RMSProp, η = 0.1, ρ = 0.99',
  pathOf(new RMSProp({ learningRate: 0.1, rho: 0.99 }))[30],
  [-0.6974203096807907, 1.4834621508315574e-8],
  1e-12,
);
section.defined(
  'O6',
  "Adam, the book's form, η = 0.3",
  paths.Adam[30],
  [0.13600685239498186, 0.31824537553721943],
  1e-12,
);
section.defined(
  'O7',
  "Adam, the paper's form, η = 0.3",
  pathOf(new Adam(adamOfThePaper))[30],
  [0.1360146173262328, 0.3182453888963096],
  1e-9,
);
section.defined(
  'O7',
  'AdamW, weight decay 0.01, η = 0.3',
  pathOf(new AdamW({ learningRate: 0.3, weightDecay: 0.01 }))[30],
  [0.26319581537192077, 0.3053221889344971],
  1e-9,
);

// O9: what the four pictures of the book show.
const turns = (path) => path.filter(([, y], i) => i > 0 && y * path[i - 1][1] < 0).length;
section.holds('O9', 'SGD crosses the valley at every update', turns(paths.SGD) === 30, turns(paths.SGD));
section.holds(
  'O9',
  'Momentum and Adam swing across it a few times, AdaGrad never',
  [paths.Momentum, paths.Adam].every((path) => turns(path) > 0 && turns(path) < 15) && turns(paths.AdaGrad) === 0,
  [turns(paths.Momentum), turns(paths.Adam), turns(paths.AdaGrad)],
);

/** The ellipse on which f has the value c. */
const contour = (c) =>
  Array.from({ length: 181 }, (_, i) => {
    const angle = (i * Math.PI) / 90;
    return [Math.sqrt(20 * c) * Math.cos(angle), Math.sqrt(c) * Math.sin(angle)];
  });
const colors = { SGD: COLORS.red, Momentum: COLORS.orange, AdaGrad: COLORS.green, Adam: COLORS.blue };
section.draw(
  'paths',
  'O9: thirty updates from (−7, 2) over the contours of x²/20 + y². The minimum is at (0, 0).',
  chart(
    Object.entries(paths).map(([name, path]) => ({
      title: name,
      x: { name: 'x', min: -10, max: 10, interval: 5 },
      y: { name: 'y', min: -5, max: 5, interval: 2.5 },
      series: [
        ...[0.25, 1, 2.25, 4, 6.25, 9, 12.25, 16, 20.25].map((c) => line(contour(c), { color: '#c9d2da', width: 1.1 })),
        line(path, { color: colors[name], width: 1.5 }),
        dots(path.slice(1), { color: colors[name], size: 6 }),
        dots([START], { color: COLORS.ink, size: 8, labels: ['start'], at: 'top' }),
        dots([[0, 0]], { color: COLORS.ink, size: 8, hollow: true }),
      ],
    })),
    { width: 980, height: 760, columns: 2 },
  ),
);

export default section.end();
