import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { packageRoot } from '../backend/native/addon-file.js';
import { DataError } from '../errors.js';
import { requireInteger } from '../options.js';
import { exitStatus, interruptible } from './interruption.js';
import { parseNumber } from './numbers.js';
import { readPages, servePages } from './page-server.js';

interface PlaygroundFlags {
  readonly port: number;
  readonly json?: true;
}

/** `zerokara playground`: hands the pages of dist/web to a browser on this machine, until it is interrupted. */
export function playgroundCommand(): Command {
  return new Command('playground')
    .description('Serve pages that show small networks learning, to a browser on this machine; Ctrl-C ends it.')
    .option('--port <n>', 'port of 127.0.0.1 (default: a free one)', parseNumber, 0)
    .option('--json', 'print address and port as JSON')
    .action(playground);
}

async function playground({ port, json }: PlaygroundFlags): Promise<void> {
  requireInteger('playground', '--port', port, 0, 65_535);
  const pages = readPages(pagesFolder());
  await interruptible(
    async (interruption) => {
      const server = await servePages(pages, port);
      console.log(json ? JSON.stringify({ address: server.address, port: server.port }) : server.address);
      if (!json) console.error('Open this address in a browser. Ctrl-C ends the server.');
      const { signal } = interruption;
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await server.close();
      process.exitCode = exitStatus(interruption.cause!);
    },
    () => undefined,
  );
}

/** @throws {DataError} where a bundle or a clone has no pages */
function pagesFolder(): string {
  const root = packageRoot();
  const folder = root && join(root, 'dist', 'web');
  if (folder && existsSync(join(folder, 'index.html'))) return folder;
  throw new DataError({
    operation: 'playground',
    found: 'the pages are not beside this program',
    expected: 'the package zerokara, unbundled, with its folder dist/web',
    fix: 'In a clone of the repository, npm run web builds it',
  });
}
