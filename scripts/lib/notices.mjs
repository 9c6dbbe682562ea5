/** Licence notices of packages whose code or headers travel inside ours. */
import fs from 'node:fs';
import path from 'node:path';

/**
 * @param {string} root the folder that holds node_modules
 * @param {string[]} inputs the files that went into a bundle, relative to root
 * @returns {string} one section a package: name, version, licence and its text
 */
export function noticesOf(root, inputs) {
  const folders = [...new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined))].sort();
  const sections = folders.map((folder) => notice(path.join(root, folder)));
  return ['This folder contains code of the following packages.', ...sections].join(`\n\n${'-'.repeat(80)}\n\n`) + '\n';
}

/** `node_modules/a/node_modules/@b/c/lib/x.js` → `node_modules/a/node_modules/@b/c` */
function packageFolder(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input.split(path.sep).join('/'))?.[0];
}

function notice(folder) {
  const { name, version, license, author } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (!license) throw new Error(`build-dist: ${name} is bundled but names no licence`);
  const file = fs.readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(entry));
  const holder = typeof author === 'object' ? author.name : author;
  const text = file
    ? fs.readFileSync(path.join(folder, file), 'utf8').trim()
    : `${holder ? `Copyright ${holder}. ` : ''}Published under the ${license} licence.`;
  return [`${name} ${version} (${license})`, text, ...furtherTexts(folder)].join('\n\n');
}

/** What a licence asks to be passed on with it (Apache 2.0, §4d), and those of parts that come from elsewhere. */
function furtherTexts(folder) {
  const entries = fs.readdirSync(folder);
  const notices = entries.filter((entry) => /^notice(\.(md|txt))?$/i.test(entry));
  const parts = entries.includes('licenses')
    ? fs.readdirSync(path.join(folder, 'licenses')).map((entry) => path.join('licenses', entry))
    : [];
  return [...notices, ...parts].map((entry) => fs.readFileSync(path.join(folder, entry), 'utf8').trim());
}
