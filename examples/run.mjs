// Runs all sections of the book and writes examples/out/index.html. Fails if any figure is off.
// node examples/run.mjs, or with letters for some: node examples/run.mjs b f
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { page } from './support/page.mjs';
import { OUT } from './support/section.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2).map((letter) => letter.toLowerCase());
const files = fs
  .readdirSync(folder)
  .filter((file) => /^[a-z]-.*\.mjs$/.test(file))
  .filter((file) => wanted.length === 0 || wanted.includes(file[0]))
  .sort();
if (files.length === 0) throw new Error(`there is no section ${wanted.join(', ')}`);

fs.rmSync(OUT, { recursive: true, force: true });
const sections = [];
for (const file of files) sections.push((await import(`./${file}`)).default);

fs.writeFileSync(path.join(OUT, 'index.html'), page(sections));
const figures = sections.flatMap((section) => section.figures);
const off = figures.filter(({ ok }) => !ok);
const pictures = sections.reduce((sum, section) => sum + section.pictures.length, 0);
console.log(`\n${figures.length} figures, ${off.length} off; ${pictures} pictures: examples/out/index.html`);
for (const { id, what, ours, note } of off) console.log(`OFF  ${id}  ${what}: ${ours}, not ${note}`);
