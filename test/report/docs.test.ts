/** The program of docs/report.md. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

test.skipIf(!fs.existsSync(path.join(root, 'dist/report/index.js')))(
  'the program of the page about reports writes one',
  () => {
    const code = fs.readFileSync(path.join(root, 'test/types/report.ts'), 'utf8');
    expect(fs.readFileSync(path.join(root, 'docs/report.md'), 'utf8')).toContain(code);
    const place = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-report-docs-'));
    try {
      fs.mkdirSync(path.join(place, 'node_modules'));
      fs.symlinkSync(root, path.join(place, 'node_modules', 'zerokara'), 'junction');
      fs.writeFileSync(path.join(place, 'report.cjs'), transformSync(code, { loader: 'ts', format: 'cjs' }).code);
      const run = spawnSync(process.execPath, ['report.cjs'], { cwd: place, encoding: 'utf8', timeout: 60_000 });
      expect([run.stdout, run.stderr]).toEqual(['run.html and run.json are written\n', '']);
      const { evaluation, history } = JSON.parse(fs.readFileSync(path.join(place, 'run.json'), 'utf8'));
      expect(history.epochs).toHaveLength(20);
      expect(evaluation.metrics.accuracy).toBeGreaterThan(0.9);
      expect(fs.readFileSync(path.join(place, 'run.html'), 'utf8')).toContain('<title>Above the line</title>');
    } finally {
      fs.rmSync(place, { recursive: true });
    }
  },
);
