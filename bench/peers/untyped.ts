/** A package that is installed only beside the peers, so its types are unknown here. */
export const untyped = require as (name: string) => ReturnType<typeof JSON.parse>;
