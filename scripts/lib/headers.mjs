/**
 * The Node-API headers that compiling the addon needs, copied into dist/headers with their licences.
 *
 * An installed package has no dependencies, so `zerokara build` in it can only use what travels along.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const PACKAGES = {
  'node-addon-api': ['napi.h', 'napi-inl.h', 'napi-inl.deprecated.h', 'LICENSE.md'],
  'node-api-headers': [
    'include/js_native_api.h',
    'include/js_native_api_types.h',
    'include/node_api.h',
    'include/node_api_types.h',
    // Windows links against an import library made from these lists.
    'def/js_native_api.def',
    'def/node_api.def',
    'LICENSE',
  ],
};

/** @returns {string[]} the files written, relative to root */
export function copyHeaders(root) {
  const require = createRequire(path.join(root, 'package.json'));
  return Object.entries(PACKAGES).flatMap(([name, files]) => {
    const from = path.dirname(require.resolve(`${name}/package.json`));
    return files.map((file) => {
      const to = path.join('dist', 'headers', name, file);
      fs.mkdirSync(path.dirname(path.join(root, to)), { recursive: true });
      fs.copyFileSync(path.join(from, file), path.join(root, to));
      return to;
    });
  });
}
