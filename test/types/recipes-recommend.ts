import { Dataset, Random, Sequential, Trainer } from 'zerokara';

// Who likes what: each user and each film has a taste, and a rating is 1 where they agree.
const [users, films] = [30, 40];
const random = new Random(1);
const taste = Array.from({ length: users + films }, () => random.integer(3));
const pairs = Array.from({ length: 900 }, () => [random.integer(users), users + random.integer(films)]);
const ratings = pairs.map(([user, film]) => (taste[user!] === taste[film!] ? 1 : 0));
const { train, test } = Dataset.from({ x: pairs, targets: ratings }).split({ test: 0.2, seed: 1 });

// One table of rows to learn: users first, films behind them.
const net = Sequential.from(
  {
    input: 2,
    layers: [
      { type: 'embedding', vocabularySize: users + films, outputSize: 8, weightInitStd: 0.05 },
      { type: 'affine', outputSize: 32, activation: 'relu' },
      { type: 'affine', outputSize: 1 },
    ],
    loss: 'meanSquaredError',
  },
  { seed: 1 },
);
new Trainer(net, { train, epochs: 60, batchSize: 32, seed: 1 }).fitSync();
console.log(net.evaluate(test).r2Score! > 0.9);

const user = 7;
const scores = net.predict(Array.from({ length: films }, (_, film) => [user, users + film])).data;
const best = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
console.log(best.slice(0, 3).every((film) => taste[users + film] === taste[user]));
