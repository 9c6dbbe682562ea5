/** Small tables with words, gaps and a rare category, drawn by a seed. */

import { Random } from '../../src/random.js';
import type { Row } from '../../src/table/columns.js';

/** Rows whose `answer` follows from age and city, and whose `wage` from age, city and `member`. */
export function people(count: number, seed = 1): Row[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const age = 20 + random.integer(50);
    const city = ['Kyoto', 'Nara', 'Osaka'][random.integer(3)]!;
    const member = random.uniform() < 0.5;
    const shift = { Kyoto: 0, Nara: 8, Osaka: -8 }[city]!;
    return {
      age: i % 10 === 3 ? null : age,
      city: i === 7 ? 'Uji' : i % 9 === 4 ? null : city,
      member,
      answer: age + shift > 45 ? 'yes' : 'no',
      wage: 1000 + 40 * age + 10 * shift + (member ? 300 : 0),
    };
  });
}
