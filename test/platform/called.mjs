/** What calling-worker's test has called in a thread: it throws in every way. */
const later = (act) => new Promise(() => setTimeout(act, 5));

export default function called(what, ...rest) {
  switch (what) {
    case 'echo':
      return [what, ...rest];
    case 'type':
      throw Object.assign(new TypeError('not a number'), { code: 'OWN', more: () => {} });
    case 'null':
      throw null;
    case 'text':
      throw 'a text';
    case 'number':
      return Promise.reject(7);
    case 'unreadable':
      throw Object.create(null);
    case 'function':
      return () => {};
    case 'null later':
      return later(() => {
        throw null;
      });
    case 'error later':
      return later(() => {
        throw new Error('a timer threw');
      });
    case 'rejection later':
      return later(() => void Promise.reject(new Error('nobody awaits this')));
    case 'exit':
      process.exit(3);
      break;
    default:
      return 0.5; // an objective, called with hyper-parameters
  }
}
