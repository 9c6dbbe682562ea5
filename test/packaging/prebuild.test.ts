import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { complaintsAbout, describe as describeBinary, inspect } from '../../scripts/lib/binary.mjs';
import { buildOpenBlas, must, sourceEntries } from '../../scripts/lib/openblas.mjs';
import { complaintsAboutContents, LARGEST } from '../../scripts/lib/package-contents.mjs';
import { platformName } from '../../scripts/lib/platform.mjs';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'prebuild-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('the prebuilt binary', () => {
  const good = {
    size: 3_000_000,
    exports: ['napi_register_module_v1', 'node_api_module_get_api_version_v1'],
    needs: ['libm.so.6', 'libc.so.6', 'ld-linux-x86-64.so.2'],
    searchPaths: [],
    glibc: '2.34',
    executableStack: false,
  };

  test('passes when it needs nothing but libc, libm and the loader', () => {
    expect(complaintsAbout(good)).toEqual([]);
    expect(complaintsAbout({ ...good, needs: ['libc.musl-x86_64.so.1'], glibc: '' })).toEqual([]);
    expect(describeBinary(good)).toBe(
      'binary: 3000000 bytes, exports napi_register_module_v1 node_api_module_get_api_version_v1, ' +
        'needs libm.so.6 libc.so.6 ld-linux-x86-64.so.2, glibc 2.34 or newer',
    );
  });

  test.each([
    [{ size: 3_500_001 }, 'the binary has 3500001 bytes; at most 3500000 may travel in the package'],
    [
      { exports: ['napi_register_module_v1', 'cblas_sgemm'] },
      "the binary exports cblas_sgemm; only Node's entry points may be seen",
    ],
    [
      { needs: ['libc.so.6', 'libopenblas.so.0', 'libstdc++.so.6'] },
      'the binary needs libopenblas.so.0, libstdc++.so.6; only libc, libm and the loader are everywhere',
    ],
    [{ searchPaths: ['/home/me/lib'] }, 'the binary looks for libraries in /home/me/lib'],
    [{ executableStack: true }, 'the binary asks for an executable stack; hardened systems refuse it'],
  ])('is refused for %j', (fault, complaint) => {
    expect(complaintsAbout({ ...good, ...fault })).toEqual([complaint]);
  });

  test.skipIf(process.platform !== 'linux')('is read by its own tables: a small library tells what it is', () => {
    const source = path.join(folder, 'small.c');
    const library = path.join(folder, 'small.so');
    fs.writeFileSync(
      source,
      '#include <math.h>\ndouble f(double x) { return cos(x); }\nstatic int g;\nint *h(void) { return &g; }\n',
    );
    must('cc', ['-shared', '-fPIC', '-Wl,-rpath,/somewhere', '-z', 'execstack', '-o', library, source, '-lm']);
    const facts = inspect(library);
    expect(facts.exports.filter((name: string) => !name.startsWith('_'))).toEqual(['f', 'h']);
    expect(facts.needs).toContain('libm.so.6');
    expect(facts.searchPaths).toEqual(['/somewhere']);
    expect(facts.executableStack).toBe(true);
    expect(facts.size).toBe(fs.statSync(library).size);
    expect(facts.glibc).toMatch(/^2\.\d+$/);
  });

  test('lies in a folder named by platform and processor', () => {
    expect(platformName()).toMatch(/^(linux-(x64|arm64)(-musl)?|darwin-(x64|arm64)|win32-x64)$/);
  });
});

describe('the OpenBLAS inside it', () => {
  const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n';

  test('comes from the archives of the distribution, not from others that the system installs from', () => {
    const targets = [
      'Packages|http://archive.invalid/debian/|bookworm|main',
      'Translations|http://archive.invalid/debian/|bookworm|main',
      'Packages|http://archive.invalid/debian/|bookworm|main',
      'Packages|http://archive.invalid/debian/|bookworm-updates|main',
      'Packages|http://else.invalid/|bookworm|stable',
      'Packages|http://else.invalid/|bookworm-theirs|main',
      '',
    ];
    const entries = sourceEntries(targets, DEBIAN);
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatch(/^deb-src (\[signed-by=\S+\] )?http:\/\/archive\.invalid\/debian\/ bookworm main$/);
    expect(entries[1]).toMatch(/debian\/ bookworm-updates main$/);
  });

  test('is not available where apt knows no such archive, or for a processor without a list of kernels', () => {
    const refusal = new Error(
      'prebuild: apt knows no archive of Debian or Ubuntu; name an unpacked OpenBLAS by --source',
    );
    expect(() => sourceEntries([], DEBIAN)).toThrow(refusal);
    const fedora = 'ID=fedora\nVERSION_CODENAME=bookworm\n';
    expect(() => sourceEntries(['Packages|http://a.invalid/|bookworm|main'], fedora)).toThrow(refusal);
    expect(() => buildOpenBlas({ cache: folder, arch: 'sparc', say: () => {} })).toThrow(
      new Error('prebuild: no list of OpenBLAS kernels for sparc; known are x64, arm64'),
    );
  });

  /** What stands for OpenBLAS: one CPU with two kernels, one of them for products. */
  function smallOpenBlas(): string {
    const source = path.join(folder, 'source');
    const compile = '\t@echo "$(text)" | cc -x c -c -o $@ -\n';
    const files = {
      LICENSE: 'OpenBLAS',
      'GotoBLAS_00License.txt': 'GotoBLAS',
      'Makefile.system': 'SUFFIX = o\nAR = ar\nDYNAMIC_CORE = SMALL\n',
      'Makefile.conf': '',
      'config.h': '',
      'interface/Makefile': `%.o:\n${compile}`,
      'driver/level3/Makefile': `%.o:\n${compile}`,
      'driver/others/Makefile': 'libs:\n\techo built >> ../../../builds\n',
      'kernel/Makefile':
        'TOPDIR = ..\ninclude ../Makefile.system\nSBLASOBJS = sgemm_kernel_SMALL.o strsm_kernel_SMALL.o\n' +
        `sgemm_%.o: text = void sgemm_kernel_SMALL(void) {}\nstrsm_%.o: text = no program\n` +
        'setparam_%.o: text = extern void sgemm_kernel_SMALL(void), strsm_kernel_SMALL(void); ' +
        'void (*small[])(void) = { sgemm_kernel_SMALL, strsm_kernel_SMALL };\n' +
        `%.o:\n${compile}`,
      'Makefile.install': 'install:\n\tmkdir -p "$(PREFIX)/lib"\n\tcp $(LIBNAME) "$(PREFIX)/lib/libopenblas.a"\n',
    };
    for (const [file, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(source, file)), { recursive: true });
      fs.writeFileSync(path.join(source, file), text);
    }
    return source;
  }

  test('is built of its products, and the names of other kernels lead to a function that says so', () => {
    const options = { cache: path.join(folder, 'cache'), arch: 'x64', source: smallOpenBlas(), say: () => {} };
    const built = buildOpenBlas(options);
    const program = path.join(folder, 'program');
    const call = 'extern void (*small[])(void); int main(int count, char** words) { small[count - 1](); return 0; }\n';
    fs.writeFileSync(`${program}.c`, call);
    must('cc', ['-o', program, `${program}.c`, path.join(built, 'lib/libopenblas.a')]);
    expect(spawnSync(program).status).toBe(0);
    const { signal, stderr } = spawnSync(program, ['other'], { encoding: 'utf8' });
    expect({ signal, stderr }).toEqual({
      signal: 'SIGABRT',
      stderr: 'zerokara: OpenBLAS asked for a kernel that the prebuilt binary does not have\n',
    });
  });

  test('is not built again when a complete one is there', () => {
    const options = { cache: path.join(folder, 'cache'), arch: 'x64', source: smallOpenBlas(), say: () => {} };
    const first = buildOpenBlas(options);
    expect(buildOpenBlas(options)).toBe(first);
    expect(fs.readFileSync(path.join(first, 'builds'), 'utf8')).toBe('built\n');
    expect(fs.readdirSync(path.join(first, 'licences'))).toEqual(['GotoBLAS-LICENSE.txt', 'OpenBLAS-LICENSE.txt']);
  });

  test('shows what make said when it fails, and is not taken for complete', () => {
    const source = smallOpenBlas();
    fs.writeFileSync(path.join(source, 'driver/others/Makefile'), 'libs:\n\techo no assembler; exit 3\n');
    const options = { cache: path.join(folder, 'cache'), arch: 'x64', source, say: () => {} };
    expect(() => buildOpenBlas(options)).toThrow(/^prebuild: make -s -j\d+ products failed\n(.*\n)*no assembler\n/);
    expect(() => buildOpenBlas(options)).toThrow(/no assembler/);
  });
});

describe('the contents of the package', () => {
  test('are told file by file when something is missing, foreign or heavy', () => {
    const put = (file: string, text: string) => {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), text);
    };
    put('package.json', JSON.stringify({ scripts: { postinstall: 'x' }, dependencies: { a: '1' } }));
    put('src/index.ts', '');
    put('native/build/Release/a.o', '');
    put('dist/big.js', 'x'.repeat(LARGEST + 1));
    put('prebuilds/linux-x64/zerokara.node', '');
    const complaints = complaintsAboutContents(folder);
    expect(complaints).toContain('dist/index.mjs is missing');
    expect(complaints).toContain('src/index.ts does not belong in the package');
    expect(complaints).toContain('native/build/Release/a.o does not belong in the package');
    expect(complaints).toContain('package.json has the install script postinstall');
    expect(complaints).toContain('a is a runtime dependency');
    expect(complaints).toContain('the licence of OpenBLAS, which the prebuilt binaries contain, is missing');
    const heavy = complaints.filter((complaint: string) =>
      complaint.includes(`without prebuilds/; at most ${LARGEST}`),
    );
    expect(heavy).toHaveLength(1);
    put('prebuilds/licences/OpenBLAS-LICENSE.txt', '');
    put('dist/index.mjs', '');
    const fewer = complaintsAboutContents(folder);
    expect(fewer).not.toContain('dist/index.mjs is missing');
    expect(fewer.join()).not.toMatch(/OpenBLAS/);
  });
});
