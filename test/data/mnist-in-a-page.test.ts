import { expect, test, vi } from 'vitest';
import { loadMnist } from '../../src/data/mnist.js';

vi.mock('#platform', () => import('../../src/platform/browser.js'));

test.each([{}, { dir: 'mnist' }])(
  'a page has no files of MNIST, and is not told to install any: %j',
  async (options) => {
    await expect(loadMnist(options)).rejects.toThrow(
      'loadMnist: MNIST is read from files, and a page cannot open files by name; expected digits that the page has fetched, as a Dataset',
    );
  },
);
