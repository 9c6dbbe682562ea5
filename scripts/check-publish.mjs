#!/usr/bin/env node
/** Ends `npm publish` where the package would lack its binary, or hold an old build of the library. */
import path from 'node:path';
import { complaintsAboutPublishing } from './lib/publish-rules.mjs';

const complaints = complaintsAboutPublishing(path.resolve(import.meta.dirname, '..'));
for (const complaint of complaints) console.error(`publish: ${complaint}`);
process.exitCode = complaints.length === 0 ? 0 : 1;
