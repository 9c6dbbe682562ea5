import { expect } from 'vitest';
import type { ZerokaraError } from '../../src/errors.js';

export type ErrorType = new (...inputs: never[]) => ZerokaraError;

/** Asserts that the call throws an error of exactly this type with exactly this message. */
export function expectRefusal(call: () => unknown, type: ErrorType, message: string): void {
  let thrown: unknown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  expect(thrown, 'an error is thrown').toBeInstanceOf(Error);
  expect((thrown as Error).message).toBe(message);
  expect((thrown as Error).constructor).toBe(type);
}
