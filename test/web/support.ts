/** The playground in Chromium: the built pages, handed out by the server of `zerokara playground`. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type PageServer, readPages, servePages } from '../../src/cli/page-server.js';
import { CHROMIUM, launchChromium } from '../support/chromium.js';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'dist/web');

/** Why the tests of pages cannot run here; undefined where they can. `npm test` builds the pages before. */
export const OBSTACLE: string | undefined =
  CHROMIUM === undefined
    ? 'no Chromium is installed'
    : existsSync(join(folder, 'index.html'))
      ? undefined
      : 'the pages are not built: npm run web';

/** What the title of a skipped group says. */
export const SKIPPED: string = OBSTACLE === undefined ? '' : ` (skipped: ${OBSTACLE})`;

export const WIDTHS = [360, 768, 1440] as const;
export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface OpenPage {
  readonly page: Page;
  /** What the page said on the console, and what it asked of another host. */
  readonly complaints: readonly string[];
  /**
   * The tasks of the page's own thread that took it more than 50 ms while `work` ran, in milliseconds of the processor: how long
   * it waited for one is the machine's affair.
   */
  longTasks(work: () => Promise<void>): Promise<readonly number[]>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly width?: number;
  readonly theme?: Theme;
  /** Whether the screen is one for fingers. */
  readonly hasTouch?: boolean;
  /** Called before the page is loaded. */
  prepare?(page: Page): Promise<unknown>;
}

/** One browser and one server for all tests of a file. */
export class Playground {
  private constructor(
    private readonly browser: Browser,
    private readonly server: PageServer,
  ) {}

  static async start(): Promise<Playground> {
    return new Playground(await launchChromium(), await servePages(readPages(folder), 0));
  }

  /** @param path page and hash, e.g. `digits.html#net=conv` */
  async open(
    path: string,
    { width = 1440, theme = 'light', hasTouch = false, prepare }: OpenOptions = {},
  ): Promise<OpenPage> {
    const { address } = this.server;
    const context = await this.browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme, hasTouch });
    const page = await context.newPage();
    await prepare?.(page);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(address) && !/^(data|blob):/.test(request.url()))
        complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(address + path);
    return {
      page,
      complaints,
      longTasks: (work) => this.longTasks(page, work),
      close: () => context.close(),
    };
  }

  private async longTasks(page: Page, work: () => Promise<void>): Promise<readonly number[]> {
    await this.browser.startTracing(page, { categories: ['toplevel'] });
    await work();
    const { traceEvents } = JSON.parse(String(await this.browser.stopTracing())) as { traceEvents: TraceEvent[] };
    const pages = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
    const tasks = traceEvents.filter(
      ({ name, pid, tid }) => /RunTask$/.test(name) && pages.some((main) => main.pid === pid && main.tid === tid),
    );
    // A trace without tasks would prove nothing.
    if (tasks.every(({ tdur = 0 }) => tdur === 0)) throw new Error('the trace has no tasks of the page');
    return tasks.map(({ tdur = 0 }) => tdur / 1000).filter((milliseconds) => milliseconds > 50);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.close();
  }
}

/** What is read of an event of Chromium's traces; times are in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** How long the thread computed. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const AXE = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** What axe finds that is serious or critical: rule, and the elements. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate<string[]>(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`);
}

/** Keeps a picture of the page, if SCREENSHOTS names a folder. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const place = process.env['SCREENSHOTS'];
  if (place !== undefined) await page.screenshot({ path: join(place, `${name}.png`), fullPage: true });
}
