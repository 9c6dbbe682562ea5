/** Why a build of the addon failed, out of what the tools printed. */
import { whereFrom } from '../../native/packages.cjs';

/**
 * What the tools say, and what it means. The first that matches is the cause; what follows it is its consequence.
 *
 * @type {[RegExp, string][]}
 */
const MEANINGS = [
  // Without make CMake also says that no compiler is set, because it did not come to look for one.
  [/unable to find a build program corresponding to|not found: make|spawn make ENOENT/, 'make was not found'],
  [
    /Compiler toolset is not available|No CMAKE_CXX_COMPILER could be found|not able to compile a simple test program|is not a full path to an existing compiler|CMAKE_CXX_COMPILER not set/,
    'no working C++ compiler was found',
  ],
  [/Could not find any Python installation|gyp ERR! find Python/, 'CMake was not found, and node-gyp needs Python'],
  // gyp asks the compiler that CXX names for its macros before it does anything else.
  [/GetCompilerPredefines[\s\S]*No such file or directory/, 'no working C++ compiler was found'],
  [
    /(?:g\+\+|c\+\+|clang\+\+|cc1plus|\bCXX\b).*(?:No such file or directory|not found)/,
    'no working C++ compiler was found',
  ],
];

const CMAKE = `Install CMake (${whereFrom('cmake')})`;

/**
 * What to do about a reason; the one about OpenBLAS says it itself.
 *
 * @type {[RegExp, string][]}
 */
const REMEDIES = [
  [/^no working C\+\+ compiler/, `Install one (${whereFrom('compiler')}; macOS: xcode-select --install)`],
  [/^make was not found/, `Install it (${whereFrom('make')})`],
  [/^CMake was not found|^neither CMake nor node-gyp/, CMAKE],
  [/cannot be written to/, 'Build as a user who may write there'],
  [/cannot be replaced/, 'Stop the programs that use it'],
];

/** @param {string} reason @returns {string | undefined} a sentence without its full stop */
export function remedyFor(reason) {
  return REMEDIES.find(([pattern]) => pattern.test(reason))?.[1];
}

/**
 * @param {string} said all output of the build
 * @returns {string} one clause in plain words, without a full stop
 */
export function reasonOf(said) {
  const own = ownSentence(said);
  if (own !== undefined) return own;
  const meaning = MEANINGS.find(([pattern]) => pattern.test(said));
  if (meaning !== undefined) return meaning[1];
  const lines = said.split('\n').map((line) => line.trim());
  const error = lines.find((line) => /\berror\b/i.test(line)) ?? lines.filter((line) => line !== '').at(-1);
  return error === undefined ? 'the build tool failed without a word' : `the build failed: ${error}`;
}

/** Our build files complain in one sentence that begins with `zerokara: `; CMake breaks it into indented lines. */
function ownSentence(said) {
  const sentence = /zerokara: (?!linking)((?:[^\n]+\n?)+?)(?:\n|$)/.exec(said)?.[1];
  return sentence
    ?.replace(/\s+/g, ' ')
    .replace(/\.\s.*$/, '')
    .replace(/\.?\s*$/, '');
}
