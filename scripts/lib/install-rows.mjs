/**
 * The ways in which people install the package and what must come of each.
 *
 * `install` gets the tools and gives a command; the package is the packed tarball, or the folder it was unpacked to.
 * `expect` is the backend: 'native' by the prebuilt binary inside, or 'fallback', the best one that needs no addon.
 */
import fs from 'node:fs';
import path from 'node:path';
import { platformName } from './platform.mjs';

const npm = (tools, ...args) => [tools.node, tools.npm, 'install', ...args];
const binary = (installed) => path.join(installed, 'prebuilds', platformName(), 'zerokara.node');

/**
 * @typedef {object} Tools
 * @property {string} node @property {string} npm the running Node and npm
 * @property {string} node22 @property {string} npm12 @property {string} pnpm installed for the matrix
 * @property {string} tarball @property {string} folder the package
 */

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {boolean} [quick] part of every CI run
 * @property {(tools: Tools) => string[]} install
 * @property {'native' | 'fallback'} expect
 * @property {string} [node] which Node runs the program, a key of Tools
 * @property {string[]} [nodeArgs]
 * @property {string} [project] the name of the project's folder
 * @property {boolean} [barePath] node and npm are all that PATH offers
 * @property {boolean} [withoutOpenBlas] run where the system's OpenBLAS is hidden
 * @property {string[]} [command] arguments of a run of `zerokara` before the programs
 * @property {(installed: string) => void} [change] what happens to the package after it was installed
 */

/** @type {Row[]} */
export const ROWS = [
  { name: 'npm', quick: true, install: (tools) => npm(tools, tools.tarball), expect: 'native' },
  {
    name: 'npm-12',
    install: (tools) => [tools.node22, tools.npm12, 'install', tools.tarball],
    node: 'node22',
    expect: 'native',
  },
  { name: 'pnpm', install: (tools) => [tools.node, tools.pnpm, 'add', tools.tarball], expect: 'native' },
  {
    name: 'ignore-scripts',
    quick: true,
    install: (tools) => npm(tools, '--ignore-scripts', tools.tarball),
    expect: 'native',
  },
  { name: 'no-tools', quick: true, install: (tools) => npm(tools, tools.tarball), barePath: true, expect: 'native' },
  { name: 'no-openblas', install: (tools) => npm(tools, tools.tarball), withoutOpenBlas: true, expect: 'native' },
  {
    name: 'garbage-binary',
    quick: true,
    install: (tools) => npm(tools, tools.tarball),
    change: (installed) => fs.writeFileSync(binary(installed), 'this is not a shared library\n'),
    expect: 'fallback',
  },
  {
    name: 'deleted-binary',
    quick: true,
    install: (tools) => npm(tools, tools.tarball),
    change: (installed) => fs.rmSync(binary(installed)),
    expect: 'fallback',
  },
  {
    name: 'truncated-binary',
    install: (tools) => npm(tools, tools.tarball),
    change: (installed) => fs.truncateSync(binary(installed), 1_000_000),
    expect: 'fallback',
  },
  {
    name: 'own-build',
    install: (tools) => npm(tools, tools.tarball),
    change: (installed) => fs.rmSync(binary(installed)),
    command: ['build'],
    expect: 'native',
  },
  {
    name: 'own-build-gyp',
    install: (tools) => npm(tools, tools.tarball),
    change: (installed) => fs.rmSync(binary(installed)),
    command: ['build', '--with', 'gyp'],
    expect: 'native',
  },
  { name: 'no-addons', install: (tools) => npm(tools, tools.tarball), nodeArgs: ['--no-addons'], expect: 'fallback' },
  {
    name: 'space',
    quick: true,
    install: (tools) => npm(tools, tools.tarball),
    project: 'a path with a space',
    expect: 'native',
  },
  { name: 'file', install: (tools) => npm(tools, `file:${tools.folder}`), expect: 'native' },
  { name: 'install-links', install: (tools) => npm(tools, '--install-links', tools.folder), expect: 'native' },
  { name: 'node-22', install: (tools) => npm(tools, tools.tarball), node: 'node22', expect: 'native' },
  { name: 'node-24', install: (tools) => npm(tools, tools.tarball), node: 'node24', expect: 'native' },
  { name: 'node-26', install: (tools) => npm(tools, tools.tarball), node: 'node26', expect: 'native' },
];
