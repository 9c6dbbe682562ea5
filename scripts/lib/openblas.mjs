/**
 * The OpenBLAS inside the prebuilt binary: Debian's source package, built with locks and without threads. Of its 1,600
 * objects a product of matrices needs about 220, and only those are compiled (openblas-products.mk): cblas_sgemm and
 * cblas_dgemm, the loops below them, and their kernels for five generations of x86, PRESCOTT's among them in any case.
 * ZEN's and COOPERLAKE's kernels are HASWELL's and SKYLAKEX's, but for bfloat16 and a few copies: OpenBLAS takes those then.
 *
 * OpenBLAS reaches kernels through a table for each CPU, which names all of them. The names that were not compiled lead to
 * a function that says so and aborts.
 *
 * One thread and locks: the library threads by itself, and a build without locks computes wrong numbers when two
 * threads call it at once.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const LIBRARY = 'libopenblas-products.a';
const PRODUCTS = path.join(import.meta.dirname, 'openblas-products.mk');

const COMMON = [
  'USE_THREAD=0',
  'USE_LOCKING=1',
  // How many calls may be inside at once: each takes one of the packing buffers.
  'NUM_THREADS=64',
  'NO_LAPACK=1',
  'NO_LAPACKE=1',
  'NOFORTRAN=1',
  'ONLY_CBLAS=1',
  'NO_SHARED=1',
  'BUILD_SINGLE=1',
  'BUILD_DOUBLE=1',
  `LIBNAME=${LIBRARY}`,
  'DYNAMIC_ARCH=1',
];

const KERNELS = {
  x64: ['TARGET=GENERIC', 'DYNAMIC_LIST=NEHALEM SANDYBRIDGE HASWELL SKYLAKEX'],
  arm64: ['TARGET=ARMV8', 'DYNAMIC_LIST=CORTEXA53 CORTEXA57 NEOVERSEN1 NEOVERSEV1'],
};

/** Where the tables lead for every other kernel. */
const ABSENT = `#include <stdio.h>
#include <stdlib.h>
static void absent(void) {
  fputs("zerokara: OpenBLAS asked for a kernel that the prebuilt binary does not have\\n", stderr);
  abort();
}
`;

const LICENCES = { LICENSE: 'OpenBLAS-LICENSE.txt', 'GotoBLAS_00License.txt': 'GotoBLAS-LICENSE.txt' };

/**
 * Builds the static library once for every set of options and keeps it below `cache`.
 *
 * @param {{ cache: string, arch: string, source?: string, say: (line: string) => void }} options
 *   `source`: an unpacked OpenBLAS to build instead of the distribution's
 * @returns {string} the folder with lib/libopenblas.a, include/ and licences/
 */
export function buildOpenBlas({ cache, arch, source, say }) {
  const kernels = KERNELS[arch];
  if (!kernels)
    throw new Error(`prebuild: no list of OpenBLAS kernels for ${arch}; known are ${Object.keys(KERNELS).join(', ')}`);
  const options = [...COMMON, ...kernels];
  const key = createHash('sha256')
    .update([...options, source ?? '', fs.readFileSync(PRODUCTS, 'utf8')].join('\n'))
    .digest('hex')
    .slice(0, 12);
  const folder = path.join(cache, `${arch}-${key}`);
  if (fs.existsSync(path.join(folder, 'complete'))) return folder;

  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const tree = source ? copyOf(source, folder) : debianSource(folder, say);
  say('prebuild: building OpenBLAS (a minute or two on two cores)');
  compile(tree, options);
  must('make', ['-s', '-f', 'Makefile.install', 'install', `PREFIX=${folder}`, ...options], { cwd: tree });
  fs.mkdirSync(path.join(folder, 'licences'));
  for (const [from, to] of Object.entries(LICENCES))
    fs.copyFileSync(path.join(tree, from), path.join(folder, 'licences', to));
  fs.rmSync(tree, { recursive: true, force: true });
  fs.writeFileSync(path.join(folder, 'complete'), options.join('\n'));
  return folder;
}

/** Makes in `tree` what `make install` asks for: the library of the products, and its settings. */
function compile(tree, options) {
  const jobs = `-j${os.availableParallelism()}`;
  must('make', ['-s', jobs, 'products', '-f', PRODUCTS, ...options], { cwd: tree, env: checksInPerl(tree) });
  const made = new Set(names('--defined-only', path.join(tree, LIBRARY)));
  const absent = fs.readdirSync(path.join(tree, 'kernel')).flatMap((file) => {
    const suffix = /^setparam(_[A-Z]\w*)\.o$/.exec(file)?.[1];
    if (suffix === undefined) return [];
    const wanted = names('--undefined-only', path.join(tree, 'kernel', file));
    return wanted.filter((name) => name.endsWith(suffix) && !made.has(name));
  });
  const aliases = absent.map((name) => `void ${name}(void) __attribute__((alias("absent")));\n`);
  fs.writeFileSync(path.join(tree, 'absent.c'), ABSENT + aliases.join(''));
  must('cc', ['-O2', '-fPIC', '-c', 'absent.c'], { cwd: tree });
  must('ar', ['-rs', LIBRARY, 'absent.o'], { cwd: tree });
}

/**
 * OpenBLAS asks about the compiler anew for every CPU. Its shell script c_check starts a process for each word of the compiler's
 * flags, thousands in all, which takes longer than compiling. The same checks in Perl lie beside it, and the source package has
 * them as a text that may not be executed. In the environment, because make does not hand its arguments to what it asks the shell.
 */
function checksInPerl(tree) {
  const script = path.join(tree, 'c_check.pl');
  if (!fs.existsSync(script) || spawnSync('perl', ['-e', '1']).status !== 0) return process.env;
  fs.chmodSync(script, 0o755);
  return { ...process.env, USE_PERL: '1' };
}

/** @returns {string[]} the names that an object file or a library asks for (`--undefined-only`) or has */
function names(which, file) {
  const lines = must('nm', [which, '--format=posix', file]).split('\n');
  return lines.map((line) => line.split(' ')[0]).filter((name) => name !== '');
}

function copyOf(source, folder) {
  const tree = path.join(folder, 'source');
  fs.cpSync(source, tree, { recursive: true });
  return tree;
}

/** The source package of the running Debian or Ubuntu, by an apt of our own, so that the system's lists stay as they are. */
function debianSource(folder, say) {
  const unpacker = spawnSync('dpkg-source', ['--version']);
  if (unpacker.error) throw new Error('prebuild: dpkg-source is missing; apt-get install dpkg-dev brings it');
  say("prebuild: fetching OpenBLAS's source package");
  const apt = path.join(folder, 'apt');
  const place = (name) => path.join(apt, name);
  for (const name of ['lists/partial', 'cache/archives/partial']) fs.mkdirSync(place(name), { recursive: true });
  fs.writeFileSync(
    place('sources.list'),
    sourceEntries(indexTargets(), fs.readFileSync('/etc/os-release', 'utf8')).join('\n') + '\n',
  );
  const options = {
    'Dir::Etc::sourcelist': place('sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': place('lists'),
    'Dir::Cache': place('cache'),
    // The sandbox user may not enter folders of ours.
    'APT::Sandbox::User': process.getuid?.() === 0 ? 'root' : '',
    'Acquire::Retries': '2',
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  must('apt-get', ['-qq', ...flags, 'update']);
  must('apt-get', ['-qq', ...flags, 'source', 'openblas'], { cwd: folder });
  const tree = fs.readdirSync(folder).find((name) => /^openblas-\d/.test(name));
  if (!tree) throw new Error('prebuild: apt-get source unpacked no OpenBLAS');
  fs.rmSync(apt, { recursive: true });
  return path.join(folder, tree);
}

function indexTargets() {
  // Without release information the lists need not have been downloaded, which on a fresh machine they are not.
  const format = '$(CREATED_BY)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)';
  return must('apt-get', ['indextargets', '--no-release-info', '--format', format]).split('\n');
}

/**
 * @param {string[]} targets lines `Packages|<address>|bookworm|main` of what the system installs from
 * @param {string} osRelease the text of /etc/os-release
 * @returns {string[]} a `deb-src` line for each archive of the distribution itself
 */
export function sourceEntries(targets, osRelease) {
  const id = /^ID=(debian|ubuntu)$/m.exec(osRelease)?.[1];
  const codename = /^VERSION_CODENAME=(\w+)$/m.exec(osRelease)?.[1];
  const releases = ['', '-updates', '-security'].map((suffix) => `${codename}${suffix}`);
  const keyring = `/usr/share/keyrings/${id}-archive-keyring.gpg`;
  const signedBy = fs.existsSync(keyring) ? `[signed-by=${keyring}] ` : '';
  const lines = targets
    .map((target) => target.split('|'))
    .filter(
      ([kind, , release, component]) =>
        kind === 'Packages' && releases.includes(release) && /^(main|universe)$/.test(component),
    )
    .map(([, address, release, component]) => `deb-src ${signedBy}${address} ${release} ${component}`);
  if (!id || lines.length === 0)
    throw new Error('prebuild: apt knows no archive of Debian or Ubuntu; name an unpacked OpenBLAS by --source');
  return [...new Set(lines)].sort();
}

/** Runs a program to its end. @returns its output. @throws {Error} with the last of what it said */
export function must(command, args, options = {}) {
  const run = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (run.status === 0) return run.stdout;
  const said = `${run.stdout ?? ''}${run.stderr ?? ''}`.trim().slice(-3000) || run.error?.message;
  throw new Error(`prebuild: ${command} ${args.slice(0, 3).join(' ')} failed\n${said}`);
}
