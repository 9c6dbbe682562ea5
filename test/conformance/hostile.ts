import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.js';
import { OPERATIONS } from '../../src/backend/functions.js';
import { bytesOf } from '../support/bytes.js';
import { call, spoilings, validCall } from '../support/calls.js';
import { expectRefusal } from '../support/refusal.js';
import { DTYPES } from './sizes.js';

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
          expect(args.map(bytesOf), message).toEqual(before);
        }
      },
    );
  });
}
