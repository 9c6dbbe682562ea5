/**
 * How every C++ file of the addon is compiled, beside the optimisation level and the language standard.
 *
 * Never -ffast-math: on the link line it sets flush-to-zero for all JavaScript of the process. Fused multiply-add is
 * written out where it is wanted (kernels/level.inc), so the compiler must not form its own.
 *
 * usage: node flags.cjs prints them, one a line, for CMakeLists.txt and binding.gyp
 */
const ARITHMETIC = ['-fno-math-errno', '-fno-trapping-math', '-ffp-contract=off'];

module.exports = { ARITHMETIC };

if (require.main === module) console.log(ARITHMETIC.join('\n'));
