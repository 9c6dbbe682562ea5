/**
 * The import direction of the library: a folder may import only from itself and from the folders left of it. Those of the first
 * group are open to all; docs/architecture.md shows the order, and a test compares.
 */
module.exports = [
  ['platform', 'version', 'identity', 'errors', 'options', 'random', 'show-as-text'],
  ['backend'],
  ['tensor'],
  ['io'],
  ['functions', 'init', 'data'],
  ['metrics'],
  ['layers'],
  ['models', 'optim'],
  ['distributed'],
  ['trainer'],
  ['search'],
  ['table'],
  ['bench', 'interop', 'report'],
  ['cli'],
];
