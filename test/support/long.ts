/** Whether this is `npm run test:long`: studies run in full, not in the measure that fits into every test run. */
export const LONG: boolean = process.env['MODE'] === 'long';
