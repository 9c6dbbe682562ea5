/** A package that is installed only beside the peers: nothing here knows its types. */
export const untyped = require as (name: string) => ReturnType<typeof JSON.parse>;
