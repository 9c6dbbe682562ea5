/**
 * The page of digits in a browser: it learns, reads what is drawn, and shares networks with Node.
 * SCREENSHOTS=folder keeps pictures of it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Dataset, type Sequential, SimpleConvNet, Trainer, TwoLayerNet } from '../../src/index.js';
import { type Digits, labelsOf, PIXELS, unpackDigits } from '../../web/digits/packed-digits.js';
import { accessibilityFaults, keepPicture, OBSTACLE, Playground, SKIPPED, THEMES, WIDTHS } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'zerokara-digits-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(OBSTACLE !== undefined)(`the page Digits${SKIPPED}`, () => {
  let playground: Playground;
  let digits: Digits;
  beforeAll(async () => {
    playground = await Playground.start();
    digits = unpackDigits(gunzipSync(readFileSync('dist/web/digits.bin')));
  }, 60_000);
  afterAll(() => playground?.close());

  /** The probabilities that the page shows, as they are. */
  async function shown(page: Page): Promise<number[]> {
    const elements = await page.locator('#bars data').all();
    return Promise.all(elements.map(async (element) => Number(await element.getAttribute('value'))));
  }

  const reads = (page: Page, verdict: RegExp) => page.locator('#verdict', { hasText: verdict }).waitFor();
  const isDone = (page: Page) =>
    page.locator('#status', { hasText: 'Training is complete' }).waitFor({ state: 'attached', timeout: 30_000 });

  function probabilities(net: Sequential, row: number): number[] {
    const data = digits.test.slice(row * PIXELS, (row + 1) * PIXELS);
    return [...net.predict({ data, shape: [1, PIXELS] }).data];
  }

  function expectSame(found: readonly number[], expected: readonly number[]): void {
    expect(found).toHaveLength(10);
    found.forEach((value, digit) => {
      expect(Math.abs(value - expected[digit]!)).toBeLessThan(1e-6);
    });
  }

  /** A network after a few steps in Node, and its file. */
  async function trainedInNode(net: Sequential, name: string): Promise<string> {
    const pixels = digits.train.slice(0, 500 * PIXELS);
    const x = { data: pixels, shape: [500, 28, 28] };
    const train = Dataset.from({ x, labels: labelsOf(pixels), scale: 1 / 255 });
    new Trainer(net, { train, steps: 20, batchSize: 50, optimizer: 'adam', evaluate: false, seed: 1 }).fitSync();
    const file = join(folder, name);
    await net.save(file);
    return file;
  }

  /** Drops a file on the page, as the system does it. */
  async function drop(page: Page, file: string, name: string): Promise<void> {
    const bytes = readFileSync(file).toString('base64');
    const transfer = await page.evaluateHandle(`(() => {
      const bytes = Uint8Array.from(atob('${bytes}'), (character) => character.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], '${name}'));
      return transfer;
    })()`);
    await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
  }

  /** Draws lines through points of the unit square, each by the mouse without lifting it. */
  async function draw(page: Page, strokes: readonly (readonly (readonly [number, number])[])[]): Promise<void> {
    const pad = (await page.locator('#pad').boundingBox())!;
    for (const stroke of strokes) {
      const [first, ...rest] = stroke.map(([x, y]) => [pad.x + x * pad.width, pad.y + y * pad.height] as const);
      await page.mouse.move(...first!);
      await page.mouse.down();
      for (const point of rest) await page.mouse.move(...point, { steps: 3 });
      await page.mouse.up();
    }
  }

  /** The same by one finger. */
  async function drawByFinger(page: Page, strokes: readonly (readonly (readonly [number, number])[])[]): Promise<void> {
    const pad = (await page.locator('#pad').boundingBox())!;
    const session = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: readonly [number, number]): Promise<unknown> => {
      const touchPoints = at === undefined ? [] : [{ x: pad.x + at[0] * pad.width, y: pad.y + at[1] * pad.height }];
      return session.send('Input.dispatchTouchEvent', { type, touchPoints });
    };
    for (const [first, ...rest] of strokes) {
      await touch('touchStart', first);
      for (const point of rest) await touch('touchMove', point);
      await touch('touchEnd');
    }
  }

  const focused = (page: Page): Promise<string> => page.evaluate('document.activeElement.id');

  // prettier-ignore
  const THREE = [
    [
      [0.3, 0.25],
      [0.45, 0.15],
      [0.62, 0.2],
      [0.66, 0.33],
      [0.55, 0.45],
      [0.43, 0.48],
      [0.58, 0.52],
      [0.7, 0.65],
      [0.62, 0.8],
      [0.45, 0.86],
      [0.28, 0.78],
    ],
  ] as const;

  test('learns 1,000 digits it has not seen to 92 % within 30 s, reads a drawn 3, and Node reads its file', async () => {
    const { page, complaints, longTasks, close } = await playground.open('digits.html#epochs=5', { hasTouch: true });
    await reads(page, /^The network reads an? \d/);
    const long = await longTasks(async () => {
      await page.getByRole('button', { name: 'Train' }).click();
      await isDone(page);
    });
    expect(long).toEqual([]);
    expect(Number.parseFloat(await page.locator('#figure-test-accuracy').innerText())).toBeGreaterThanOrEqual(92);

    await page.getByRole('button', { name: 'Clear' }).click();
    await draw(page, THREE);
    await reads(page, /^The network reads a 3 /);

    await page.getByRole('button', { name: 'Clear' }).click();
    await page.evaluate(`document.getElementById('pad').addEventListener('pointerdown', ({ pointerType }) => {
      document.body.dataset.pointer = pointerType;
    })`);
    const scrolled = await page.evaluate('scrollY');
    await drawByFinger(page, THREE);
    await reads(page, /^The network reads a 3 /);
    expect(await page.evaluate('[document.body.dataset.pointer, scrollY]')).toEqual(['touch', scrolled]);

    await page.getByRole('button', { name: 'Test digit →' }).click();
    await reads(page, /, and it is /);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    const file = join(folder, 'from-the-page.safetensors');
    await (await download).saveAs(file);
    expect((await download).suggestedFilename()).toBe('TwoLayerNet.safetensors');
    expectSame(await shown(page), probabilities(await TwoLayerNet.load(file), 1));
    expect(complaints).toEqual([]);
    await close();
  }, 60_000);

  test('reads a network that Node has trained, and says in words why another does not fit', async () => {
    const { page, complaints, close } = await playground.open('digits.html');
    const two = new TwoLayerNet({ inputSize: PIXELS, hiddenSize: 20, outputSize: 10, weightInitStd: 'he', seed: 3 });
    await drop(page, await trainedInNode(two, 'two.safetensors'), 'two.safetensors');
    await page.getByText('Read from two.safetensors').waitFor();
    await vi.waitFor(async () => expectSame(await shown(page), probabilities(two, 0)), { timeout: 5000 });

    const convolutional = new SimpleConvNet({ filters: 8, hiddenSize: 20, weightInitStd: 'he', seed: 3 });
    const file = await trainedInNode(convolutional, 'convolutional.safetensors');
    await page.locator('#file').setInputFiles(file);
    await page.getByText('Read from convolutional.safetensors').waitFor();
    await page.getByText('8 feature maps of 24 × 24').waitFor();
    await vi.waitFor(async () => expectSame(await shown(page), probabilities(convolutional, 0)), { timeout: 5000 });

    const small = new TwoLayerNet({ inputSize: 4, hiddenSize: 5, outputSize: 3 });
    await small.save(join(folder, 'small.safetensors'));
    await page.locator('#file').setInputFiles(join(folder, 'small.safetensors'));
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(
      /^small\.safetensors cannot be used here\. TwoLayerNet\.accuracy: dataset has /,
    );
    expect(await page.locator('#about-network').innerText()).toContain('convolutional.safetensors');
    expect(complaints).toEqual([]);
    await close();
  }, 30_000);

  test('every control does what it says, by keyboard', async () => {
    const { page, complaints, close } = await playground.open('digits.html', { width: 360 });
    const note = page.locator('#about-network');
    const choose = (label: string, value: string) => page.getByLabel(label, { exact: true }).selectOption(value);
    await choose('Hidden neurons', '10');
    await page.getByText('784 → 10: 7,960 parameters').waitFor();
    for (const value of ['xavier', '0.01', 'he']) await choose('Initial weights', value);
    await choose('Seed', '2');
    await choose('Network', 'convolutional');
    await page.getByText('28×28×1 → 24×24×30 → 12×12×30 → 10: ').waitFor();
    expect(await note.innerText()).toContain('SimpleConvNet');
    await choose('Network', 'twoLayer');
    await page.getByText('TwoLayerNet').waitFor();

    for (const [optimizer, rate] of [
      ['sgd', '0.1'],
      ['momentum', '0.03'],
      ['nesterov', '0.03'],
      ['adaGrad', '0.03'],
      ['rmsProp', '0.001'],
      ['adam', '0.001'],
    ] as const) {
      await choose('Optimizer', optimizer);
      expect(await page.getByLabel('Learning rate').inputValue()).toBe(rate);
    }
    await choose('Learning rate', '0.003');
    await choose('Mini-batch', '500');
    await choose('Data augmentation', 'all');
    await choose('Epochs', '50');
    await page.getByRole('button', { name: 'Train' }).press('Enter');
    await page.locator('#figure-epoch', { hasText: ' of 50' }).waitFor();
    expect(await page.getByLabel('Optimizer').isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Pause' }).press('Enter');
    await page.getByRole('button', { name: 'Train on' }).waitFor();
    expect(await page.getByLabel('Network', { exact: true }).isDisabled()).toBe(true);
    const steps = Number(await page.locator('#figure-step').innerText());
    await choose('Data augmentation', 'none');
    await choose('Epochs', '1');
    expect(new URL(page.url()).hash).toBe('#hidden=10&seed=2&rate=0.003&batch=500&epochs=1');
    await page.getByRole('button', { name: 'Train on' }).press('Enter');
    await isDone(page);
    expect(Number(await page.locator('#figure-step').innerText())).toBe(steps + 10);
    expect(await focused(page)).toBe('start');
    await page.getByRole('button', { name: 'Start over' }).press('Enter');
    await page.locator('#start', { hasText: /^Train$/ }).waitFor();
    expect(await focused(page)).toBe('reset');
    expect(await page.locator('#figure-step').innerText()).toBe('0');

    const pad = page.getByRole('application', { name: 'Drawing pad' });
    await page.getByRole('button', { name: 'Clear' }).press('Enter');
    expect(await page.locator('#verdict').innerText()).toBe('Draw with mouse, pen or finger.');
    await pad.press(' ');
    for (let i = 0; i < 8; i++) await pad.press('Shift+ArrowDown');
    await pad.press(' ');
    await page.getByRole('img', { name: 'What the network reads: your drawing' }).waitFor();
    await reads(page, /^The network reads an? \d \(/);
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await page.getByRole('img', { name: 'What the network reads: nothing yet' }).waitFor();
    await page.getByRole('button', { name: 'The test digit before' }).press('Enter');
    await page.getByRole('img', { name: 'What the network reads: a 9 of the test set' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  }, 30_000);

  test('without digits it says so, and Start over fetches them; what was dropped meanwhile is not opened then', async () => {
    const file = join(folder, 'early.safetensors');
    await new TwoLayerNet({ inputSize: PIXELS, hiddenSize: 3, outputSize: 10 }).save(file);
    let answer: (fails: boolean) => void = () => undefined;
    const answered = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    let requests = 0;
    const { page, close } = await playground.open('digits.html#hidden=10', {
      prepare: (page) =>
        page.route('**/digits.bin', async (route) => {
          requests += 1;
          const fails = requests === 1 && (await answered);
          await (fails ? route.fulfill({ status: 503 }) : route.continue());
        }),
    });
    await drop(page, file, 'early.safetensors');
    answer(true);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toBe(
      'The digits did not arrive. /digits.bin cannot be fetched: the server answers 503.',
    );
    const about = page.locator('#about-network');
    expect(await about.innerText()).toBe('There are no digits to learn from. Start over fetches them again.');
    for (const id of ['start', 'open', 'save'])
      expect(await page.locator(`#${id}`).getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('button', { name: 'Start over' }).press('Enter');
    await page.getByText('784 → 10: 7,960 parameters').waitFor();
    await reads(page, /^The network reads an? \d/);
    expect(await about.innerText()).not.toContain('early');
    expect(await alert.isVisible()).toBe(false);
    expect(await focused(page)).toBe('reset');
    expect(requests).toBe(2);
    await close();
  });

  test('a file that is dropped while the digits are on their way is opened when they are there', async () => {
    const file = join(folder, 'early.safetensors');
    const net = new TwoLayerNet({ inputSize: PIXELS, hiddenSize: 3, outputSize: 10, weightInitStd: 'he', seed: 5 });
    net.byteScale = 1 / 255;
    await net.save(file);
    let send: () => void = () => undefined;
    const sent = new Promise<void>((resolve) => {
      send = resolve;
    });
    const { page, complaints, close } = await playground.open('digits.html', {
      prepare: (page) => page.route('**/digits.bin', (route) => sent.then(() => route.continue())),
    });
    await page.getByLabel('Optimizer').focus();
    await drop(page, file, 'early.safetensors');
    send();
    await page.getByText('Read from early.safetensors').waitFor();
    await vi.waitFor(async () => expectSame(await shown(page), probabilities(net, 0)), { timeout: 5000 });
    expect(await focused(page)).toBe('optimizer');

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).press('Enter');
    const kept = join(folder, 'kept.safetensors');
    await (await download).saveAs(kept);
    expect((await download).suggestedFilename()).toBe('TwoLayerNet.safetensors');
    expect((await TwoLayerNet.load(kept)).hiddenSize).toBe(3);
    expect(await focused(page)).toBe('save');
    expect(complaints).toEqual([]);
    await close();
  });

  test.each(THEMES)('%s: nothing serious for axe, and nothing is wider than the page', async (theme) => {
    const { page, complaints, close } = await playground.open('digits.html#network=convolutional&epochs=1', { theme });
    await reads(page, /^The network reads/);
    await page.getByText('30 filters of 5 × 5').waitFor();
    if (process.env['SCREENSHOTS'] !== undefined) {
      await page.click('#start');
      await isDone(page);
    }
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(100); // what is drawn follows the width in the next frame
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await keepPicture(page, `digits-${width}-${theme}`);
    }
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });
});
