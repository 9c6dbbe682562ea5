import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const project = path.resolve(import.meta.dirname, '../..');
let root: string;

/** A small package with the shape of this one: a class, a subpath that shares it, a program that uses both. */
const FIXTURE: Record<string, string> = {
  'package.json': JSON.stringify({
    name: 'fixture',
    version: '1.0.0',
    exports: {
      '.': {
        import: { types: './dist/index.d.mts', default: './dist/index.mjs' },
        require: { types: './dist/index.d.ts', default: './dist/index.js' },
      },
      './backend': {
        import: { types: './dist/backend/index.d.mts', default: './dist/backend/index.mjs' },
        require: { types: './dist/backend/index.d.ts', default: './dist/backend/index.js' },
      },
      './package.json': './package.json',
    },
    bin: { fixture: 'dist/cli/fixture.js' },
  }),
  'tsconfig.build.json': JSON.stringify({
    compilerOptions: {
      target: 'ES2022',
      lib: ['ES2023'],
      types: [],
      module: 'node16',
      rootDir: 'src',
      outDir: 'dist',
      declaration: true,
    },
    include: ['src'],
    exclude: ['src/cli'],
  }),
  'src/net.ts': 'export class Net { readonly size: number = 3; }\n',
  'src/index.ts':
    "export { Net } from './net.js';\nexport type Shape = readonly number[];\nexport const kind: string = 'net';\n",
  'src/backend/index.ts': "export { Net as Kernel } from '../net.js';\n",
  'src/cli/fixture.ts': "import { run } from './commands/run.js';\nrun();\n",
  'src/cli/commands/run.ts': [
    "import { Command } from 'commander';",
    "import { Net } from '../../net.js';",
    "import * as library from '../../index.js';",
    'export function run() {',
    "  new Command('fixture').parse(['node', 'fixture']);",
    '  console.log(Net === library.Net, new Net().size);',
    '}',
    '',
  ].join('\n'),
};

/** The package as a build of its own leaves it: each test has a copy. */
const built = fs.mkdtempSync(path.join(os.tmpdir(), 'build-dist-'));
let first: Built;
beforeAll(() => {
  root = built;
  for (const [file, text] of Object.entries(FIXTURE)) put(file, text);
  linkPackages();
  first = build();
  fs.unlinkSync(at('node_modules'));
}, 60_000);
afterAll(() => fs.rmSync(built, { recursive: true, force: true }));

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'build-dist-'));
  fs.cpSync(built, root, { recursive: true });
  linkPackages();
});

afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const linkPackages = (): void => fs.symlinkSync(path.join(project, 'node_modules'), at('node_modules'), 'junction');

function put(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
}

const at = (file: string): string => path.join(root, file);
const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

interface Built {
  readonly made: readonly string[];
  readonly error: string;
}

/** Builds in a process of its own, because a build reads the compiled modules and Node keeps what it has read. */
function build(): Built {
  const script = `import { buildDist } from ${JSON.stringify(path.join(project, 'scripts/build-dist.mjs'))};
    buildDist(process.cwd()).then((made) => console.log(JSON.stringify(made)), (error) => console.error(error.message));`;
  const { stdout, stderr } = node('--input-type=module', '-e', script);
  return { made: stdout === '' ? [] : JSON.parse(stdout), error: stderr.trim() };
}

describe('build-dist', () => {
  test('makes one instance of every class for require and import, and for the program', () => {
    expect(first.error).toBe('');
    const script =
      "import { Net, kind } from 'fixture'; import { Kernel } from 'fixture/backend'; import { createRequire } from 'node:module';" +
      "const required = createRequire(import.meta.url)('fixture'); console.log(Net === required.Net, Net === Kernel, kind);";
    put('try.mjs', script);
    expect(node('try.mjs').stdout).toBe('true true net\n');
    expect(node('dist/cli/fixture.js').stdout).toBe('true 3\n');
  });

  test('bundles what the program depends on, leaves the library outside, and keeps the licences', () => {
    const program = fs.readFileSync(at('dist/cli/fixture.js'), 'utf8');
    expect(program.startsWith('#!/usr/bin/env node\n')).toBe(true);
    expect(fs.statSync(at('dist/cli/fixture.js')).mode & 0o111).toBe(0o111);
    expect(program).toContain('require("../library.js")["net"]');
    expect(program).not.toContain('class Net');
    expect(program).not.toMatch(/require\("commander"\)/);
    const notices = fs.readFileSync(at('dist/cli/THIRD-PARTY-NOTICES.txt'), 'utf8');
    expect(notices).toMatch(/^commander \d+\.\d+\.\d+ \(MIT\)$/m);
    expect(notices).toContain('TJ Holowaychuk');
    expect(notices.match(/\(MIT\)$/gm)).toHaveLength(1);
  });

  test('bundles a package behind a JavaScript file into the library, and keeps its licence', () => {
    put('src/csv/parser.js', "import Papa from 'papaparse';\nexport const parse = (text) => Papa.parse(text).data;\n");
    put('src/csv/parser.d.ts', 'export function parse(text: string): string[][];\n');
    put('src/index.ts', "export { parse } from './csv/parser.js';\n");
    const { made, error } = build();
    expect(error).toBe('');
    expect(made.filter((file) => file.startsWith('dist/csv/'))).toEqual([
      'dist/csv/THIRD-PARTY-NOTICES.txt',
      'dist/csv/parser.js',
    ]);
    const script = "import { parse } from 'fixture'; console.log(JSON.stringify(parse('a,b')));";
    put('try.mjs', script);
    expect(node('try.mjs').stdout).toBe('[["a","b"]]\n');
    expect(fs.readFileSync(at('dist/csv/parser.js'), 'utf8')).not.toContain('require("stream")');
    expect(fs.readFileSync(at('dist/csv/THIRD-PARTY-NOTICES.txt'), 'utf8')).toMatch(
      /^papaparse \d+\.\d+\.\d+ \(MIT\)\n\nThe MIT License/m,
    );
  });

  test('removes files that no source makes any more, and makes again what was deleted', () => {
    expect(first.made.filter((file) => /\.(js|ts)$/.test(file))).toEqual([
      'dist/backend/index.d.ts',
      'dist/backend/index.js',
      'dist/cli/fixture.js',
      'dist/index.d.ts',
      'dist/index.js',
      'dist/library.js',
      'dist/net.d.ts',
    ]);
    put('dist/old/layer.js', '');
    fs.rmSync(at('dist/backend/index.js'));
    expect(build().error).toBe('');
    expect(fs.existsSync(at('dist/old'))).toBe(false);
    expect(fs.existsSync(at('dist/backend/index.js'))).toBe(true);
  });

  test('gives the names of every module of the library, and a file of its own to the report', () => {
    put(
      'src/report/page.ts',
      "import { Net } from '../net.js';\nexport class Page { readonly net: Net = new Net(); }\n",
    );
    const { made, error } = build();
    expect(error).toBe('');
    expect(made).toContain('dist/report/library.js');
    for (const file of ['dist/library.js', 'dist/report/library.js']) {
      expect(fs.readFileSync(at(file), 'utf8').startsWith('"use strict";\n')).toBe(true);
    }
    const script =
      "const library = require('./dist/library.js'); const report = require('./dist/report/library.js');" +
      'console.log(Object.keys(library).join(), Object.keys(report).join());' +
      "console.log(new report['report/page'].Page().net instanceof library.net.Net);";
    expect(node('-e', script).stdout).toBe('backend/index,index,net report/page\ntrue\n');
  });

  test('writes the export names anew when the library gains one', () => {
    put('src/index.ts', `${FIXTURE['src/index.ts']}export const added: number = 1;\n`);
    build();
    expect(fs.readFileSync(at('dist/index.mjs'), 'utf8')).toBe(
      "import library from './index.js';\n\nexport const {\n  Net,\n  added,\n  kind,\n} = library;\n",
    );
    expect(fs.readFileSync(at('dist/index.js'), 'utf8')).toBe(
      [
        "'use strict';",
        '',
        "const entry = require('./library.js')['index'];",
        "Object.defineProperty(entry, '__esModule', { value: true });",
        'module.exports = entry;',
        '',
        '0 && (module.exports = {\n  Net,\n  added,\n  kind,\n});\n',
      ].join('\n'),
    );
    put('named.mjs', "import { Net, added } from './dist/index.js'; console.log(Net.name, added);");
    expect(node('named.mjs').stdout).toBe('Net 1\n');
    expect(fs.readFileSync(at('dist/index.d.mts'), 'utf8')).toBe("export * from './index.js';\n");
  });

  test('carries the headers that compiling the addon needs, with their licences', () => {
    expect(first.made.filter((file) => file.startsWith('dist/headers/'))).toEqual([
      'dist/headers/node-addon-api/LICENSE.md',
      'dist/headers/node-addon-api/napi-inl.deprecated.h',
      'dist/headers/node-addon-api/napi-inl.h',
      'dist/headers/node-addon-api/napi.h',
      'dist/headers/node-api-headers/LICENSE',
      'dist/headers/node-api-headers/def/js_native_api.def',
      'dist/headers/node-api-headers/def/node_api.def',
      'dist/headers/node-api-headers/include/js_native_api.h',
      'dist/headers/node-api-headers/include/js_native_api_types.h',
      'dist/headers/node-api-headers/include/node_api.h',
      'dist/headers/node-api-headers/include/node_api_types.h',
    ]);
  });

  test("stops with the compiler's words when a source does not compile", () => {
    put('src/net.ts', 'export class Net { readonly size: number = "3"; }\n');
    expect(build().error).toBe(
      "build-dist: src does not compile\nsrc/net.ts(1,29): error TS2322: Type 'string' is not assignable to type 'number'.",
    );
  });

  test('names an entry of package.json that no source makes', () => {
    fs.rmSync(at('src/backend/index.ts'));
    fs.rmSync(at('dist'), { recursive: true });
    expect(build().error).toBe('build-dist: package.json exports ./dist/backend/index.js, which src does not make');
  });
});
