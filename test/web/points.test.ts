/** The page Points as it is used: in Chromium, every control, at three widths, in both themes. SCREENSHOTS=folder keeps pictures. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFaults, keepPicture, OBSTACLE, Playground, SKIPPED, THEMES, WIDTHS } from './support.js';

/** A set-up that learns the spiral. */
const SPIRAL = '#set=spiral&noise=0&layers=8-8&optimizer=adam&rate=0.01';

const figure = async (page: Page, name: string): Promise<number> =>
  Number.parseFloat((await page.locator(`[data-figure="${name}"]`).textContent())!.replaceAll(',', ''));

const hashOf = (page: Page): URLSearchParams => new URLSearchParams(new URL(page.url()).hash.slice(1));

async function until(condition: () => Promise<boolean>, seconds = 20): Promise<boolean> {
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** The first frame has come. */
const ready = async (page: Page): Promise<boolean> => until(async () => !Number.isNaN(await figure(page, 'step')));

describe.skipIf(OBSTACLE !== undefined)(`the page Points${SKIPPED}`, () => {
  let playground: Playground;
  beforeAll(async () => {
    playground = await Playground.start();
  }, 60_000);
  afterAll(() => playground?.close());

  test('learns a spiral to 0.97 within 20 s, without blocking the page', async () => {
    const { page, complaints, longTasks, close } = await playground.open(SPIRAL);
    await ready(page);
    await page.selectOption('#pace', 'Infinity');
    let learnt = false;
    const tasks = await longTasks(async () => {
      await page.click('#play');
      learnt = await until(async () => {
        const [train, held] = [await figure(page, 'training accuracy'), await figure(page, 'test accuracy')];
        return train >= 97 && held >= 97;
      });
    });
    await page.click('#play');
    // The button reads Train at once; the run rests when a step can be made.
    expect(await until(async () => !(await page.locator('#step').isDisabled()))).toBe(true);
    await keepPicture(page, 'points-spiral');
    expect(learnt).toBe(true);
    expect(tasks).toEqual([]);
    expect(await page.locator('#status').textContent()).toMatch(/^Paused\. Epoch \d+: training accuracy \d+\.\d %/);
    expect(await page.locator('#losses').getAttribute('aria-label')).toMatch(
      /^Loss curves: training loss from 0\.\d+ to /,
    );
    expect(complaints).toEqual([]);
    await close();
  });

  test('every control changes the set-up in the address, which restores it', async () => {
    const { page, complaints, close } = await playground.open('');
    await ready(page);
    const lists = {
      set: 'moons',
      activation: 'relu',
      init: 'he',
      optimizer: 'momentum',
      rate: '0.1',
      batch: 'all',
      decay: '0.001',
    };
    for (const [id, value] of Object.entries(lists)) await page.selectOption(`#${id}`, value);
    for (const [id, key] of Object.entries({ noise: 'ArrowRight', test: 'ArrowRight', dropout: 'ArrowRight' }))
      await page.press(`#${id}`, key);
    await page.fill('#seed', '7');
    await page.press('#seed', 'Enter');
    await page.click('#add-layer');
    await page.selectOption('#layer-1', '6');
    const wanted = { ...lists, noise: '15', test: '40', dropout: '10', seed: '7', layers: '6-3-4' };
    expect(Object.fromEntries(hashOf(page))).toEqual(wanted);

    await page.click('#step');
    await until(async () => (await figure(page, 'step')) === 1);
    const loss = await figure(page, 'training loss');
    await page.reload();
    await ready(page);
    const { layers, ...values } = wanted;
    for (const [id, value] of Object.entries(values)) expect(await page.inputValue(`#${id}`)).toBe(value);
    expect(await page.locator('.layers select').count()).toBe(layers.split('-').length);
    await page.click('#step');
    await until(async () => (await figure(page, 'step')) === 1);
    expect(await figure(page, 'training loss')).toBe(loss);

    await page.click('#remove-layer');
    expect(hashOf(page).get('layers')).toBe('6-3');
    for (let i = 0; i < 2; i++) await page.click('#remove-layer');
    expect(await page.locator('#remove-layer').isDisabled()).toBe(true);
    await page.click('#reset');
    expect(await until(async () => (await figure(page, 'step')) === 0)).toBe(true);
    expect(complaints).toEqual([]);
    await close();
  });

  test('trains, is paused, goes on where it stopped, at the pace that is chosen', async () => {
    const { page, complaints, close } = await playground.open('');
    await ready(page);
    await page.selectOption('#pace', '10');
    await page.press('#play', 'Enter');
    expect(await page.locator('#step').isDisabled()).toBe(true);
    await until(async () => (await figure(page, 'epoch')) >= 2);
    await page.press('#play', 'Enter');
    await until(async () => !(await page.locator('#step').isDisabled()));
    const before = await figure(page, 'step');
    await page.click('#step');
    expect(await until(async () => (await figure(page, 'step')) === before + 1)).toBe(true);
    await page.click('#play');
    expect(await until(async () => (await figure(page, 'step')) > before + 1)).toBe(true);
    expect(await figure(page, 'epoch')).toBeLessThan(100);
    await page.click('#play');
    expect(await until(async () => !(await page.locator('#step').isDisabled()))).toBe(true);

    // A neuron's picture is shown large, and then the output again.
    const pressed = page.locator('.neuron[aria-pressed="true"]');
    const plane = (): Promise<string> => page.evaluate("document.getElementById('surface').toDataURL()");
    expect(await pressed.getAttribute('aria-label')).toBe('the probability of class 1');
    const output = await plane();
    await page.press('[aria-label="neuron 2 of layer 1"]', 'Enter');
    expect(await pressed.getAttribute('aria-label')).toBe('neuron 2 of layer 1');
    expect(await plane()).not.toBe(output);
    await page.click('[aria-label="the probability of class 1"]');
    expect(await plane()).toBe(output);
    expect(complaints).toEqual([]);
    await close();
  });

  test('points of your own come from clicks and from the keyboard', async () => {
    const { page, complaints, close } = await playground.open('');
    await ready(page);
    await page.selectOption('#set', 'own');
    expect(await page.locator('#network-note').textContent()).toBe('Add points of both classes: click into the plane.');
    expect(await page.locator('#play').isDisabled()).toBe(true);
    const { width, height } = (await page.locator('#points').boundingBox())!;
    await page.click('#points', { position: { x: width / 4, y: height / 4 } });
    await page.selectOption('#own-class', '1');
    await page.fill('#own-x1', '2');
    await page.fill('#own-x2', '-1.5');
    await page.press('#own-x2', 'Enter');
    expect(hashOf(page).get('points')).toMatch(/^-1(4[5-9]|5[0-5])a1(4[5-9]|5[0-5])_200b-150$/);
    await page.click('#play');
    expect(await until(async () => (await figure(page, 'training accuracy')) === 100)).toBe(true);
    await page.click('#own-undo');
    expect(hashOf(page).get('points')).toMatch(/^-\d+a\d+$/);
    await page.click('#own-clear');
    expect(hashOf(page).get('points')).toBe(null);
    expect(complaints).toEqual([]);
    await close();
  });

  test('says in words that steps are too large', async () => {
    const { page, close } = await playground.open('#activation=identity&rate=10&layers=8-8-8');
    await ready(page);
    await page.selectOption('#pace', 'Infinity');
    await page.click('#play');
    const alert = page.locator('[role="alert"]');
    expect(await until(() => alert.isVisible())).toBe(true);
    expect(await alert.textContent()).toContain('Choose a smaller learning rate.');
    await page.selectOption('#rate', '0.01');
    expect(await alert.isVisible()).toBe(false);
    await close();
  });

  test('fits at three widths in both themes, and can be used by everybody', async () => {
    const { page, complaints, close } = await playground.open('#set=own&points=-120a35_100b20&layers=8-8-8-8-8');
    await ready(page);
    await page.click('#step');
    await until(async () => (await figure(page, 'step')) === 1);
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await keepPicture(page, `points-${width}-${theme}`);
        expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      }
      expect(await accessibilityFaults(page)).toEqual([]);
    }
    expect(complaints).toEqual([]);
    await close();
  });
});
