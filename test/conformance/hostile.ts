import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.js';
import { OPERATIONS } from '../../src/backend/functions.js';
import { bytesOf } from '../support/bytes.js';
import { call, spoilings, validCall } from '../support/calls.js';
import { expectRefusal } from '../support/refusal.js';
import { DTYPES } from './sizes.js';

const isSame = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Every argument of every function, spoiled in every way that its row implies: errors.ts has the whole messages. */
export function hostileConformance(backend: Backend): void {
  describe.each(DTYPES)('hostile calls in %s', (dtype) => {
    test.each(OPERATIONS)(
      '%s accepts a valid call, and refuses each way to spoil one, changing nothing',
      (operation) => {
        call(backend, operation, validCall(operation, { dtype }));
        for (const { spoil, error, message } of spoilings(operation, dtype)) {
          const args = validCall(operation, { dtype });
          spoil(args);
          const before = args.map(bytesOf);
          expectRefusal(() => call(backend, operation, args), error, message);
          // toEqual on the arrays themselves takes most of the time of all hostile calls.
          expect(
            args.map(bytesOf).every((bytes, i) => isSame(bytes, before[i])),
            message,
          ).toBe(true);
        }
      },
    );
  });
}
