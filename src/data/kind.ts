/** What a network answers and what a data set asks: decided by what the user named, never by the values. */

/**
 * `classification` one class of several · `binary` yes or no, one output · `multiLabel` any number of classes per row ·
 * `regression` values
 */
export type Kind = 'classification' | 'binary' | 'multiLabel' | 'regression';

/** Every kind. */
export const KINDS = ['classification', 'binary', 'multiLabel', 'regression'] as const satisfies readonly Kind[];
