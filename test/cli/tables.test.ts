/** The commands on tables: train, evaluate, predict, inspect and export, as users run them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Random } from '../../src/random.js';
import { TableModel } from '../../src/table/table-model.js';
import { refusedCommand } from '../support/refused-command.js';

const IRIS = resolve(import.meta.dirname, '../../examples/data/iris.csv');
const program = resolve(import.meta.dirname, '../../dist/cli/zerokara.js');
const folder = mkdtempSync(join(tmpdir(), 'zerokara-cli-tables-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const refused = (name: string, ...args: string[]) => refusedCommand(folder, name, ...args);

function zerokara(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', cwd: folder, timeout: 60_000 });
}

/** Fruit by weight and colour: large ones are melons, small ones cherries if red, else grapes. */
function fruit(rows: number, seed: number): string {
  const random = new Random(seed);
  const lines = Array.from({ length: rows }, (_, i) => {
    const [large, red] = [random.integer(2) === 1, random.integer(2) === 1];
    const weight = large ? 900 + random.integer(300) : 3 + random.integer(9);
    const name = large ? 'melon' : red ? 'cherry' : 'grape, green';
    return `${i},${weight},${red ? 'red' : 'green'},"${name}",${2 * weight + (red ? 50 : 0)}`;
  });
  return `number,weight,colour,fruit,price\n${lines.join('\n')}\n`;
}

/** Sales of three years, whose header has a number in it. */
function years(): string {
  const lines = Array.from({ length: 40 }, (_, i) => `${i % 7},${i},${3 * i + (i % 7)}`);
  return `shop,2024,sales\n${lines.join('\n')}\n`;
}

const CHOICES = ['--seed', '1', '--epochs', '40', '--backend', 'js', '--ignore', 'number,price'];

describe.skipIf(!existsSync(program))('zerokara on tables', () => {
  let trained: ReturnType<typeof zerokara>;
  beforeAll(async () => {
    writeFileSync(at('fruit.csv'), fruit(200, 1));
    writeFileSync(at('new.csv'), fruit(30, 2));
    writeFileSync(at('years.csv'), years());
    writeFileSync(at('bare.json'), '[]');
    writeFileSync(at('own.jsonl'), '{"x": 1, "y": 2}\n');
    await new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1 }).save(at('net.safetensors'));
    trained = zerokara(
      ...['train', 'fruit.csv', '--target', 'fruit', '--save', 'm.safetensors', '--report', 'run.html', ...CHOICES],
    );
  }, 60_000);

  test('reads the standard input in place of a file, and names it', () => {
    const piped = (input: string, ...args: string[]) => {
      const options = { encoding: 'utf8', cwd: folder, timeout: 60_000, input } as const;
      return spawnSync(process.execPath, [program, ...args], options);
    };
    const rows = fruit(30, 2);
    const answers = piped(rows, 'predict', 'm.safetensors', '-');
    expect(answers.stderr).toBe('');
    expect(answers.stdout).toBe(zerokara('predict', 'm.safetensors', 'new.csv').stdout);
    const figures = piped(rows, 'evaluate', 'm.safetensors', '/dev/stdin', '--json');
    expect(figures.stdout).toBe(zerokara('evaluate', 'm.safetensors', 'new.csv', '--json').stdout);
    const { stdout, status } = piped(fruit(200, 1), 'train', '-', '--target', 'fruit', ...CHOICES);
    const untimed = (text: string): string => text.replace(/ epochs in .* m?s,/, ' epochs,');
    expect([status, untimed(stdout)]).toEqual([
      0,
      untimed(trained.stdout)
        .replace('from fruit.csv', 'from standard input')
        .replace(/saved to .*\nreport in .*\n/, ''),
    ]);
    expect(piped('weight,color\n3,red\n', 'predict', 'm.safetensors', '-').stderr).toBe(
      'zerokara: predict: standard input has no column "colour"; expected the columns that the model was trained on: weight, colour. Is it the one called "color"?\n',
    );
    expect(piped(years(), 'train', '-', '--target', 'sales').stderr).toBe(
      'zerokara: train: standard input has no column "sales"; expected one of ["column1", "column2", "column3"]. Its first line was read as a row, because a cell of it is a number; --header makes it the header\n',
    );
  });

  test('says what search is for, and finds a flag by its beginning', () => {
    const search = zerokara('search', 'fruit.csv', '--target', 'fruit');
    expect([search.status, search.stderr]).toEqual([
      1,
      "error: unknown option '--target'\n(search is for digits. Of a table: zerokara train TABLE --target COLUMN, with defaults that suit most tables; other settings are tried by randomSearch in a program)\n",
    ]);
  });

  test('learns iris in one command', () => {
    const { status, stdout } = zerokara('train', IRIS, '--target', 'species', '--seed', '1');
    expect(stdout).toMatch(/\nheld out: 30 rows: loss 0\.\d+, accuracy (1|0\.9\d*), /);
    expect(stdout).toMatch(/│ versicolor +│/);
    expect(status).toBe(0);
  });

  test('train says what it did, saves a model, and writes a report with its numbers', async () => {
    expect(trained.stdout).toMatch(
      /^data: 160 rows to learn, 40 held out, from fruit\.csv\nnetwork: 2 columns, hidden layers of 64, 32, seed 1\n/,
    );
    expect(trained.stdout).toMatch(
      /\nsaved to m\.safetensors\nreport in run\.html, its numbers in run\.json\nheld out: 40 rows: loss 0\.\d+, accuracy (1|0\.9\d*), /,
    );
    expect(trained.status).toBe(0);
    const model = await TableModel.load(at('m.safetensors'));
    expect(model.classes).toEqual(['cherry', 'grape, green', 'melon']);
    const { title, evaluation, importance, mistakes, settings } = JSON.parse(readFileSync(at('run.json'), 'utf8'));
    expect(title).toBe('fruit of fruit.csv');
    expect(trained.stdout).toContain(`accuracy ${Number(evaluation.metrics.accuracy.toPrecision(4))}`);
    expect(evaluation.confusionMatrix.flat().reduce((sum: number, count: number) => sum + count)).toBe(40);
    expect(importance.columns.map(({ name }: { name: string }) => name).sort()).toEqual(['colour', 'weight']);
    expect(mistakes.length).toBe(Math.round(40 * (1 - evaluation.metrics.accuracy)));
    expect(settings).toMatchObject({ seed: 1, trainingRows: 144, validationRows: 16 });
  });

  test('train of numbers, as JSON', () => {
    const { status, stdout } = zerokara(
      ...[
        'train',
        'fruit.csv',
        '--target',
        'price',
        '--ignore',
        'number,fruit',
        '--seed',
        '1',
        '--epochs',
        '60',
        '--json',
      ],
      ...['--hidden-sizes', '16', '--report', 'price.html'],
    );
    const { task, evaluation, settings, warnings } = JSON.parse(stdout);
    expect([task, evaluation.rows, settings.hiddenSizes, warnings]).toEqual(['regression', 40, [16], []]);
    expect(evaluation.r2Score).toBeGreaterThan(0.9);
    expect(JSON.parse(readFileSync(at('price.json'), 'utf8')).evaluation.metrics.rmse).toBe(evaluation.rmse);
    expect(status).toBe(0);
  });

  test('predict prints an answer for each row as CSV, those of the library, and reads no other column', async () => {
    const { status, stdout, stderr } = zerokara('predict', 'm.safetensors', 'new.csv');
    const [head, ...lines] = stdout.trim().split('\n');
    expect([head, lines.length, stderr, status]).toEqual(['fruit,probability', 30, '', 0]);
    const model = (await TableModel.load(at('m.safetensors'))) as TableModel<'classification'>;
    const [, weight, colour] = readFileSync(at('new.csv'), 'utf8').split('\n')[1]!.split(',');
    const { label } = model.predict({ weight: Number(weight), colour: colour! });
    expect(lines[0]).toMatch(new RegExp(`^("${label}"|${label}),(1|0\\.\\d+)$`));
    expect(stdout).toContain('"grape, green",');
  });

  test('predict --json prints an object on each line, with all probabilities', () => {
    const { stdout } = zerokara('predict', 'm.safetensors', 'new.csv', '--json');
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toHaveLength(30);
    expect(Object.keys(answers[0].probabilities)).toEqual(['cherry', 'grape, green', 'melon']);
    expect(answers[0].probabilities[answers[0].fruit]).toBe(answers[0].probability);
  });

  test('predict --output writes the same answers into a file, and nothing where it fails', () => {
    const { stdout } = zerokara('predict', 'm.safetensors', 'new.csv');
    const said = zerokara('predict', 'm.safetensors', 'new.csv', '--output', 'answers.csv');
    expect([said.status, said.stdout, said.stderr]).toEqual([0, '30 answers written to answers.csv\n', '']);
    expect(readFileSync(at('answers.csv'), 'utf8')).toBe(stdout);
    // The bad cell comes after answers have been written.
    writeFileSync(at('late.csv'), `weight,colour\n${'5,red\n'.repeat(30_000)}heavy,red\n`);
    const failed = zerokara('predict', 'm.safetensors', 'late.csv', '--output', 'answers.csv');
    expect([failed.status, failed.stdout]).toEqual([1, '']);
    expect(failed.stderr).toBe(
      'zerokara: predict: late.csv, line 30002, column 1 ("weight"): "heavy" is not a number; expected numbers in the whole column. If it stands for a missing value: --missing heavy\n',
    );
    expect(zerokara('predict', 'm.safetensors', 'late.csv').stdout.trim().split('\n')).toHaveLength(30_001);
    expect(readFileSync(at('answers.csv'), 'utf8')).toBe(stdout);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const own = zerokara('predict', 'm.safetensors', 'late.csv', '--output', 'm.safetensors');
    expect(own.stderr).toBe(
      'zerokara: predict: --output m.safetensors would replace m.safetensors; expected another file than the one that is read\n',
    );
  });

  test('predict reads JSON lines, and no column that it does not need', () => {
    writeFileSync(at('new.jsonl'), '{"weight":5,"colour":"red","note":"a text"}\n{"colour":"red","weight":1000}\n');
    const { stdout, status } = zerokara('predict', 'm.safetensors', 'new.jsonl');
    expect([stdout.match(/^\w+/gm), status]).toEqual([['fruit', 'cherry', 'melon'], 0]);
  });

  test('predict and evaluate tell JSON lines by their content', () => {
    writeFileSync(at('lines.txt'), '{"weight":5,"colour":"red","fruit":"cherry"}\n');
    const { stdout, stderr } = zerokara('predict', 'm.safetensors', 'lines.txt');
    expect([stdout.match(/^\w+/gm), stderr]).toEqual([['fruit', 'cherry'], '']);
    const evaluated = zerokara('evaluate', 'm.safetensors', 'lines.txt');
    expect([evaluated.stdout.startsWith('1 row'), evaluated.stderr]).toEqual([true, '']);
  });

  test.each(['probability', 'probabilities'])(
    'predict names the figures otherwise where the target is %s',
    (target) => {
      const rows = Array.from({ length: 40 }, (_, i) => `${i % 2 === 0 ? 'high' : 'low'},${i % 2}`);
      writeFileSync(at('chances.csv'), `${target},x\n${rows.join('\n')}\n`);
      zerokara('train', 'chances.csv', '--target', target, '--epochs', '1', '--save', 'chances.safetensors');
      const [first] = zerokara('predict', 'chances.safetensors', 'chances.csv', '--json').stdout.split('\n');
      const answer = JSON.parse(first!);
      expect(Object.keys(answer)).toEqual([target, 'answer_probability', 'answer_probabilities']);
      expect(answer.answer_probabilities[answer[target]]).toBe(answer.answer_probability);
      expect(zerokara('predict', 'chances.safetensors', 'chances.csv').stdout).toMatch(
        new RegExp(`^${target},answer_probability\n`),
      );
    },
  );

  test.each([
    ['a,born\n1,2020-01-01\n2,2020-01-02\n', 'Leave it out: --ignore born\n'],
    [
      `a,b,full name\n${Array.from({ length: 40 }, (_, i) => `1,2,text ${i}`).join('\n')}\n`,
      "Leave it out: --ignore 'full name'\n",
    ],
    [`a,b\n1,2\n2,3\nNA,4\n3,4\n`, 'If it stands for a missing value: --missing NA\n'],
    [
      'a;b\n1;3,14\n2;2,72\n',
      'If the comma stands before decimals: --decimal ,; if the column is not used: --ignore b\n',
    ],
    ['a;"b,c"\n1;3,14\n2;2,72\n', 'If the comma stands before decimals: --decimal ,\n'],
    ['a,a\n1,2\n', 'If the first line is data already: --no-header\n'],
  ])('advises in flags about %j', async (text, advice) => {
    writeFileSync(at('advice.csv'), text);
    const { stderr } = await refused('train', 'advice.csv', '--target', 'a');
    expect(stderr).toMatch(/^zerokara: train: advice\.csv, /);
    expect(stderr.endsWith(`. ${advice}`), stderr).toBe(true);
  });

  test('train, evaluate and predict read decimal commas by --decimal, and advise no flag that the command has not', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ x: ((i + 1) % 8) / 4, y: (i % 8) / 2 + 1 }));
    const lines = rows.map(({ x, y }) => `${x};${y}`.replaceAll('.', ','));
    writeFileSync(at('commas.csv'), `x;y\n${lines.join('\n')}\n`);
    const { status } = zerokara(
      ...['train', 'commas.csv', '--target', 'y', '--decimal', ',', '--epochs', '2', '--backend', 'js', '--seed', '1'],
      ...['--save', 'commas.safetensors'],
    );
    expect(status).toBe(0);
    const model = await TableModel.load(at('commas.safetensors'));
    const answers = zerokara('predict', 'commas.safetensors', 'commas.csv', '--decimal', ',');
    expect([answers.status, answers.stdout]).toEqual([0, `${['y', ...model.predict(rows)].join('\n')}\n`]);
    const figures = zerokara('evaluate', 'commas.safetensors', 'commas.csv', '--decimal', ',', '--json');
    expect(JSON.parse(figures.stdout)).toEqual(JSON.parse(JSON.stringify(model.evaluate(rows))));
    for (const command of ['evaluate', 'predict']) {
      expect((await refused(command, 'commas.safetensors', 'commas.csv')).stderr).toBe(
        `zerokara: ${command}: commas.csv, line 2, column 1 ("x"): "0,25" has a comma; expected a number with a decimal point, without marks between thousands. If the comma stands before decimals: --decimal ,\n`,
      );
    }
    expect((await refused('predict', 'commas.safetensors', 'own.jsonl', '--decimal', ',')).stderr).toBe(
      'zerokara: predict: --decimal is given for own.jsonl, which is read as jsonl; expected it for CSV only\n',
    );
  });

  test('evaluate says how good the model is', () => {
    const { status, stdout } = zerokara('evaluate', 'm.safetensors', 'new.csv');
    expect(stdout).toMatch(
      /^30 rows: loss 0\.\d+, accuracy (1|0\.9\d*), .*\n.*\n│ true \\ predicted │ cherry │ grape, green │ melon │/,
    );
    const { accuracy, rows } = JSON.parse(zerokara('evaluate', 'm.safetensors', 'new.csv', '--json').stdout);
    expect(stdout).toContain(`accuracy ${Number(accuracy.toPrecision(4))},`);
    expect([rows, status]).toEqual([30, 0]);
  });

  test('words that stand for missing values are those of the model, unless others are given', () => {
    const rows = Array.from({ length: 1500 }, (_, i) =>
      i % 5 === 0 ? `${i % 7},-1` : i % 5 === 1 ? `-999,${i % 11}` : `${i % 7},${3 * (i % 7)}`,
    );
    writeFileSync(at('marked.csv'), `x,y\n${rows.join('\n')}\n`);
    const { stderr } = zerokara(
      ...['train', 'marked.csv', '--target', 'y', '--missing=-1,-999', '--epochs', '2', '--seed', '1'],
      ...['--save', 'marked.safetensors'],
    );
    expect(stderr).toContain('warning: 300 of 1500 rows have no "y" and were left out\n');
    expect(zerokara('inspect', 'marked.safetensors').stdout).toContain('a cell is missing also as "-1", "-999"\n');

    const evaluated = zerokara('evaluate', 'marked.safetensors', 'marked.csv', '--json');
    expect(JSON.parse(evaluated.stdout).rows).toBe(1200);
    const own = zerokara('evaluate', 'marked.safetensors', 'marked.csv', '--json', '--missing', '-999');
    expect(JSON.parse(own.stdout).rows).toBe(1500);

    writeFileSync(at('gaps.csv'), 'x\n-999\n\n-999.0\n6\n');
    const [, first, ...others] = zerokara('predict', 'marked.safetensors', 'gaps.csv').stdout.trim().split('\n');
    expect([others[0], others[1], others[2] === first]).toEqual([first, first, false]);
    const [, value] = zerokara('predict', 'marked.safetensors', 'gaps.csv', '--missing=').stdout.split('\n');
    expect(value).not.toBe(first);
  });

  test('inspect shows columns, layers and training, of a network alone its layers', () => {
    const { stdout, status } = zerokara('inspect', 'm.safetensors');
    expect(stdout).toMatch(
      /^TableModel, classification of fruit: cherry, grape, green, melon\ncolumns\n {2}weight {2}number/,
    );
    expect(stdout).toContain('rows: 144 to learn from, 16 to validate on; seed 1');
    expect(status).toBe(0);
    expect(JSON.parse(zerokara('inspect', 'm.safetensors', '--json').stdout).settings.seed).toBe(1);
    expect(zerokara('inspect', 'net.safetensors').stdout).toMatch(/Affine, relu +3 +9\n/);
  });

  test('export writes ONNX, and says what it leaves out', () => {
    const { status, stdout, stderr } = zerokara('export', 'm.safetensors', '--onnx', 'm.onnx');
    expect([status, stdout]).toEqual([0, 'written to m.onnx\n']);
    expect(stderr).toBe(
      'the preprocessing of its 2 columns stays in m.safetensors: the ONNX file reads preprocessed rows\n',
    );
    expect(readFileSync(at('m.onnx')).includes('Gemm') || readFileSync(at('m.onnx')).includes('MatMul')).toBe(true);
  });

  test.each([
    [
      ['train', 'fruit.csv'],
      'train: fruit.csv is given without --target; expected the name of the column to predict: --target COLUMN',
    ],
    [
      ['train', '--target', 'fruit'],
      'train: --target is given without a table; expected the file of one first: zerokara train data.csv --target COLUMN',
    ],
    [
      ['train', 'fruit.csv', '--target', 'fruit', '--net', 'simple-conv'],
      'train: --net is given with the table fruit.csv; expected it for digits only, which are trained on without a table',
    ],
    [
      ['train', 'fruit.csv', '--target', 'fruit', '--test', '1'],
      'train: --test is 1; expected a share greater than 0 and less than 1',
    ],
    [['train', 'fruit.csv', '--target', 'fruits', '--save', 'no.safetensors'], 'Did you mean "fruit"?'],
    // Of a table that is not there: flags are checked before it is read.
    [['train', 'none.csv', '--target', 'y', '--epochs', '1.5'], '--epochs is 1.5; expected an integer of at least 1'],
    [
      ['train', 'none.csv', '--target', 'y', '--validation', '0'],
      'train: --validation is 0; expected a share greater than 0 and less than 1\n',
    ],
    [
      ['train', 'none.csv', '--target', 'y', '--early-stopping', '0'],
      'train: --early-stopping is 0; expected an integer of at least 1\n',
    ],
    [
      ['train', 'none.csv', '--target', 'y', '--seed', '-1'],
      'train: --seed is -1; expected an integer in [0, 4294967295]\n',
    ],
    [
      ['train', 'fruit.csv', '--target', 'fruit', '--task', 'regression'],
      'train: the target "fruit" is a category; expected a column of numbers for a regression. Leave --task out, or give --task classification\n',
    ],
    [
      ['train', 'fruit.csv', '--target', 'number', '--task', 'classification'],
      'train: the target "number" has 160 classes in 160 rows; expected at least two rows of each class on average. Leave --task out, or give --task regression, to predict its numbers\n',
    ],
    [
      ['predict', 'fruit.csv', 'm.safetensors'],
      'predict: fruit.csv: this is not a safetensors file: its first 8 bytes are not the length of a header. The model comes first, then the table\n',
    ],
    [
      ['inspect', 'fruit.csv'],
      'zerokara: inspect: fruit.csv: this is not a safetensors file: its first 8 bytes are not the length of a header\n',
    ],
    [
      ['train', 'years.csv', '--target', 'sales'],
      'train: years.csv has no column "sales"; expected one of ["column1", "column2", "column3"]. Its first line was read as a row, because a cell of it is a number; --header makes it the header\n',
    ],
    [
      ['train', 'years.csv', '--no-header', '--target', 'sales', '--ignore', 'column1,column3'],
      'zerokara: train: --target is "sales"; expected one of ["column2"]\n',
    ],
    [
      ['train', 'fruit.csv', '--ignore', 'number,price', '--target', 'fruitt'],
      'zerokara: train: --target is "fruitt"; expected a column of the table. Did you mean "fruit"?\n',
    ],
    [
      ['evaluate', 'm.safetensors', 'years.csv'],
      'evaluate: years.csv has no column "weight"; expected the columns that the model was trained on: weight, colour, fruit. Its first line was read as a row, because a cell of it is a number; --header makes it the header\n',
    ],
    [
      ['train', 'own.jsonl', '--target', 'y', '--header'],
      'train: --header is given for own.jsonl, which is read as jsonl; expected it for CSV only\n',
    ],
    [
      ['predict', 'net.safetensors', 'new.csv'],
      'predict: net.safetensors holds a network without the columns of a table; expected a model written by zerokara train TABLE --target COLUMN --save, or by TableModel.save',
    ],
    [
      ['export', 'net.safetensors', '--onnx', '/nowhere/m.onnx'],
      'export: /nowhere/m.onnx cannot be written (ENOENT: no such file or directory)',
    ],
    [['evaluate', 'm.safetensors', 'none.csv'], 'zerokara: evaluate: none.csv cannot be read'],
    [['evaluate', 'm.safetensors', 'bare.json'], 'zerokara: evaluate: bare.json has no rows'],
  ])('refuses %j in one sentence', async ([name, ...args], message) => {
    const { stdout, stderr } = await refused(name!, ...args);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect([stdout.includes('saved'), existsSync(at('no.safetensors'))]).toEqual([false, false]);
  });

  test('predict refuses a table without a needed column, and suggests the one that was meant', () => {
    writeFileSync(at('wrong.csv'), 'weigth,colour\n5,red\n');
    const { status, stdout, stderr } = zerokara('predict', 'm.safetensors', 'wrong.csv');
    expect([status, stdout, stderr]).toEqual([
      1,
      '',
      'zerokara: predict: wrong.csv has no column "weight"; expected the columns that the model was trained on: weight, colour. Is it the one called "weigth"?\n',
    ]);
  });

  test('--header takes the first line for the names of the columns, in train, predict and evaluate', () => {
    const options = ['--seed', '1', '--epochs', '2', '--backend', 'js', '--save', 'years.safetensors'];
    const { stdout, status } = zerokara('train', 'years.csv', '--header', '--target', 'sales', ...options);
    expect([stdout.split('\n')[0], status]).toEqual(['data: 32 rows to learn, 8 held out, from years.csv', 0]);
    const answers = zerokara('predict', 'years.safetensors', 'years.csv', '--header').stdout.trim().split('\n');
    expect([answers[0], answers.length]).toEqual(['sales', 41]);
    expect(zerokara('evaluate', 'years.safetensors', 'years.csv', '--header').stdout).toMatch(/^40 rows: /);
  });

  test('counts one row and one column in the singular', () => {
    writeFileSync(at('one.csv'), `x,y\n${Array.from({ length: 20 }, (_, i) => `${i},${i % 3}`).join('\n')}\n`);
    const options = ['--test', '0.05', '--task', 'classification', '--seed', '1', '--epochs', '1', '--backend', 'js'];
    const { stdout } = zerokara('train', 'one.csv', '--target', 'y', ...options, '--save', 'one.safetensors');
    expect(stdout).toMatch(
      /^data: 19 rows to learn, 1 held out, from one\.csv\nnetwork: 1 column, hidden layers of 64, 32, seed 1\ntrained: 1 epoch in .*, backend js\nsaved to one\.safetensors\nheld out: 1 row: /,
    );
    expect(zerokara('export', 'one.safetensors', '--onnx', 'one.onnx').stderr).toBe(
      'the preprocessing of its 1 column stays in one.safetensors: the ONNX file reads preprocessed rows\n',
    );
  });

  test('--no-header takes the first line for a row', () => {
    writeFileSync(at('words.csv'), 'a,b\n'.repeat(20) + 'b,a\n'.repeat(20));
    const args = ['words.csv', '--no-header', '--target', 'column2', '--epochs', '1', '--seed', '1', '--backend', 'js'];
    const { stdout } = zerokara('train', ...args);
    expect(stdout.split('\n')[0]).toBe('data: 32 rows to learn, 8 held out, from words.csv');
  });

  test('train says which rows it leaves out, and which class is not tested, also in the report', () => {
    const rows = Array.from(
      { length: 100 },
      (_, i) => `${i % 9},${i < 20 ? '' : i === 20 ? 'rare' : i % 2 ? 'a' : 'b'}`,
    );
    writeFileSync(at('gap.csv'), `x,y\n${rows.join('\n')}\n`);
    const options = ['--seed', '1', '--epochs', '1', '--backend', 'js', '--report', 'gap.html'];
    const { stdout, stderr, status } = zerokara('train', 'gap.csv', '--target', 'y', ...options);
    const warnings = [
      '20 of 100 rows have no "y" and were left out',
      'The test part has no row of class "rare" (1 row).',
    ];
    expect([stdout.split('\n')[0], status]).toEqual(['data: 64 rows to learn, 16 held out, from gap.csv', 0]);
    expect(stderr.split('\n').slice(0, 2)).toEqual(warnings.map((warning) => `warning: ${warning}`));
    expect(JSON.parse(readFileSync(at('gap.json'), 'utf8')).history.warnings.slice(0, 2)).toEqual(warnings);
  });

  test('classes that are numbers keep their proportions in both parts', () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i % 9},${i < 10 ? 1 : 0}`);
    writeFileSync(at('flags.csv'), `x,y\n${rows.join('\n')}\n`);
    for (const seed of ['1', '2', '3']) {
      const options = ['--task', 'classification', '--seed', seed, '--epochs', '1', '--backend', 'js', '--json'];
      const { evaluation } = JSON.parse(zerokara('train', 'flags.csv', '--target', 'y', ...options).stdout);
      const counts = evaluation.confusionMatrix.map((row: number[]) => row.reduce((sum, count) => sum + count));
      expect(counts).toEqual([18, 2]);
    }
  });

  describe('an output never replaces the input', () => {
    beforeAll(() => {
      writeFileSync(at('own.csv'), fruit(60, 3));
      writeFileSync(at('own.json'), JSON.stringify([{ size: 1, kind: 'a' }]));
      symlinkSync('own.csv', at('link.csv'));
      writeFileSync(at('digits.json'), '{}');
    });

    test.each([
      [['train', 'own.csv', '--target', 'fruit', '--save', 'own.csv'], '--save own.csv', 'own.csv'],
      [['train', 'own.csv', '--target', 'fruit', '--save', './own.csv'], '--save ./own.csv', 'own.csv'],
      [['train', 'own.csv', '--target', 'fruit', '--save', 'link.csv'], '--save link.csv', 'own.csv'],
      [['train', 'link.csv', '--target', 'fruit', '--report', at('own.csv')], `--report ${at('own.csv')}`, 'link.csv'],
      [['train', 'own.json', '--target', 'kind', '--report', 'own.html'], '--report own.html', 'own.json'],
      [['train', '--net', 'digits.json', '--save', 'digits.json'], '--save digits.json', 'digits.json'],
      [['export', 'm.safetensors', '--onnx', 'm.safetensors'], '--onnx m.safetensors', 'm.safetensors'],
    ])('refuses %j', async ([name, ...args], flag, input) => {
      const before = readFileSync(at(input));
      const { stdout, stderr } = await refused(name!, ...args);
      expect([stdout, stderr]).toEqual([
        '',
        `zerokara: ${name}: ${flag} would replace ${input}; expected another file than the one that is read\n`,
      ]);
      expect(readFileSync(at(input)).equals(before)).toBe(true);
    });
  });
});
