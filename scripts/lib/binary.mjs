/** What a prebuilt binary for Linux must be like to run on any machine of its kind. */
import fs from 'node:fs';
import { must } from './openblas.mjs';

const LARGEST = 3.5e6;

/** The two names by which Node finds a module. Anything else could clash with another library of the process. */
const ENTRY_POINTS = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];

/** libc, libm and the loader, as glibc and musl call them. */
const EVERYWHERE = [/^libc\.so\.6$/, /^libm\.so\.6$/, /^ld-linux.*\.so\.\d$/, /^libc\.musl-\w+\.so\.1$/];

/**
 * @typedef {object} Facts
 * @property {number} size in bytes
 * @property {string[]} exports names that other libraries of the process would see
 * @property {string[]} needs libraries that must be on the machine
 * @property {string[]} searchPaths folders of the build machine where it would look for them
 * @property {string} glibc the oldest glibc that has all it asks for; empty with another libc
 * @property {boolean} executableStack
 */

/** @returns {Facts} */
export function inspect(file) {
  const dynamic = must('readelf', ['--wide', '--dynamic', file]);
  const versions = [...must('readelf', ['--wide', '--version-info', file]).matchAll(/GLIBC_(\d+\.\d+)/g)];
  return {
    size: fs.statSync(file).size,
    exports: must('nm', ['-D', '--defined-only', '--format=posix', file])
      .split('\n')
      .map((line) => line.split(' ')[0])
      .filter((name) => name !== ''),
    needs: [...dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map((match) => match[1]),
    searchPaths: [...dynamic.matchAll(/\((?:RPATH|RUNPATH)\).*\[(.*)\]/g)].map((match) => match[1]),
    glibc:
      versions
        .map((match) => match[1])
        .sort(byVersion)
        .at(-1) ?? '',
    executableStack: /GNU_STACK.*\bRWE\b/.test(must('readelf', ['--wide', '--program-headers', file])),
  };
}

/** @param {Facts} facts @returns {string[]} a sentence for every rule that is broken */
export function complaintsAbout({ size, exports, needs, searchPaths, executableStack }) {
  const strangers = exports.filter((name) => !ENTRY_POINTS.includes(name));
  const foreign = needs.filter((library) => !EVERYWHERE.some((pattern) => pattern.test(library)));
  return [
    size > LARGEST && `the binary has ${size} bytes; at most ${LARGEST} may travel in the package`,
    strangers.length > 0 &&
      `the binary exports ${strangers.slice(0, 5).join(', ')}; only Node's entry points may be seen`,
    foreign.length > 0 && `the binary needs ${foreign.join(', ')}; only libc, libm and the loader are everywhere`,
    searchPaths.length > 0 && `the binary looks for libraries in ${searchPaths.join(', ')}`,
    executableStack && 'the binary asks for an executable stack; hardened systems refuse it',
  ].filter((complaint) => complaint !== false);
}

/** @param {Facts} facts */
export function describe({ size, exports, needs, glibc }) {
  const base = glibc === '' ? '' : `, glibc ${glibc} or newer`;
  return `binary: ${size} bytes, exports ${exports.join(' ')}, needs ${needs.join(' ')}${base}`;
}

const byVersion = (a, b) =>
  Number(a.split('.')[0]) - Number(b.split('.')[0]) || Number(a.split('.')[1]) - Number(b.split('.')[1]);
