/** node-gyp where nothing was installed for it: npm has one of its own, and names it to the scripts that it runs. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const GYP = 'node-gyp/bin/node-gyp.js';

/** @returns {string | undefined} the script of npm's own node-gyp */
export function npmsNodeGyp(env = process.env) {
  if (env.npm_config_node_gyp && fs.existsSync(env.npm_config_node_gyp)) return env.npm_config_node_gyp;
  for (const file of npmFiles(env)) {
    try {
      return createRequire(file).resolve(GYP);
    } catch {
      // No npm there, or one without node-gyp: pnpm and Yarn name themselves in npm_execpath as well.
    }
  }
  return undefined;
}

/** Files of npm, from which its own dependencies resolve. */
function npmFiles(env) {
  const bin = path.dirname(fs.realpathSync(process.execPath));
  const onPath = (env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'npm'));
  return [
    env.npm_execpath,
    path.join(bin, '../lib/node_modules/npm/package.json'),
    path.join(bin, 'node_modules/npm/package.json'),
    ...onPath.filter((file) => fs.existsSync(file)).map((file) => fs.realpathSync(file)),
  ].filter((file) => file !== undefined && path.isAbsolute(file));
}

/** @returns {string | undefined} the folder with the headers of this Node, without which node-gyp downloads them */
export function headersOfNode(env = process.env) {
  const prefix = env.npm_config_nodedir || path.dirname(path.dirname(fs.realpathSync(process.execPath)));
  return fs.existsSync(path.join(prefix, 'include', 'node', 'common.gypi')) ? prefix : undefined;
}
