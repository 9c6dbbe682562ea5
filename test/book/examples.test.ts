/** The examples run against the built package, print the figures of the notes and draw their pictures. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const project = path.resolve(import.meta.dirname, '../..');
const built = fs.existsSync(path.join(project, 'dist/index.mjs'));

function node(...parts: string[]): { status: number | null; printed: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, parts, { cwd: project, encoding: 'utf8' });
  return { status, printed: stdout + stderr };
}

describe.skipIf(!built)('examples', () => {
  // Sections I, L to O and R train for seconds, and their rows are tested elsewhere: npm run examples has them too.
  const run = built ? node('examples/run.mjs', ...'abcdefghjkpq') : { status: null, printed: '' };

  test('every figure of the sections A to H, J, K, P and Q is as it should be', () => {
    expect(run.printed).toMatch(/\n15\d figures, 0 off; \d+ pictures: examples\/out\/index\.html\n$/);
    expect(run.status).toBe(0);
  });

  test.each([
    ['B9', ['a-gates', 'b-activations', 'b-step-and-sigmoid']],
    ['P1', ['e-tangents']],
    ['P2', ['e-surface', 'e-gradient-field']],
    ['P3', ['f-path']],
    ['P4', ['h-graph', 'h-sigmoid', 'h-relu', 'h-affine', 'h-softmax-with-loss']],
    ['O9', ['j-paths']],
    ['I1', ['k-sigmoid', 'k-relu', 'k-tanh']],
    ['K9', ['p-filters', 'q-filters', 'q-feature-maps']],
    ['K8', ['q-loss']],
    ['P4', ['a-perceptron', 'a-xor', 'c-three-layers', 'c-digit-net', 'g-network']],
  ])(
    'B9, P1, P2, P3, P4, O9, I1, K8, K9: the pictures of %s (%j) are drawn, every point a number, and stand on the page',
    (id, names) => {
      const page = fs.readFileSync(path.join(project, 'examples/out/index.html'), 'utf8');
      for (const name of names) {
        const svg = fs.readFileSync(path.join(project, `examples/out/${name}.svg`), 'utf8');
        expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
        expect(svg.match(/<path|<circle|<polygon|<text/g)!.length).toBeGreaterThan(8);
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        expect(page).toContain(`href="${name}.svg"`);
        expect(page).toMatch(new RegExp(`<figcaption>[^<]*${id}[^<]*<a href="${name}\\.svg"`));
      }
    },
  );

  test('a figure that is off fails the run and is named', () => {
    const { status, printed } = node(
      '--input-type=module',
      '-e',
      `import { Section } from './examples/support/section.mjs';
       const section = new Section('X', 'One figure off');
       section.exact('X1', 'right', 0.1, 0.1);
       section.exact('X2', 'a digit short', 0.1, 0.10000000000000002);
       section.near('X3', 'too far', [1, 2], [1, 2.1], 0.05);
       section.near('X4', 'too few', [1], [1, 2], 0.05);
       section.within('X5', 'outside', 3, undefined, [1, 2]);
       section.within('X6', 'no number', NaN, undefined, [1, 2]);
       section.corrected('X7', 'E1', 'still wrong', 0, 0, 1);
       section.holds('X8', 'not so', false);
       section.end();`,
    );
    expect(status).toBe(1);
    expect(printed.match(/X\d .*OFF/g)?.map((line) => line.slice(0, 2))).toEqual([
      'X2',
      'X3',
      'X4',
      'X5',
      'X6',
      'X7',
      'X8',
    ]);
    expect(printed).toContain('8 figures, 7 OFF');
  });
});
