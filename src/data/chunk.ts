/**
 * Rows of one chunk where a whole data set is read: enough that the cost of the calls is negligible, few enough that 784
 * columns stay in the L2 cache.
 */
export const CHUNK_ROWS = 250;
