import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AnyTableModel, type Row, Table, TableModel, ZerokaraError } from 'zerokara';

const FILE = 'late.safetensors';

/** The JSON of a request, of at most 100 kB. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > 100_000) throw new SyntaxError('the request is too long');
  }
  return JSON.parse(text);
}

async function main(): Promise<void> {
  let model: AnyTableModel = await TableModel.load(FILE);
  let retraining: Promise<void> | undefined;

  /** Requests are answered by the old model until the new one is there. */
  async function retrain(): Promise<void> {
    const table = await Table.read('orders.csv');
    const trained = await TableModel.train(table, { target: 'late', task: 'classification' });
    await trained.save(FILE); // replaces the file at once: a crash leaves the old one or the new one
    model = trained;
  }

  const server = createServer(async (request, response) => {
    const reply = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    try {
      const call = `${request.method} ${request.url}`;
      if (call === 'POST /predict') {
        reply(200, model.predict((await bodyOf(request)) as Row)); // one row, or an array of rows
      } else if (call === 'POST /retrain') {
        retraining ??= retrain()
          .catch(console.error)
          .finally(() => {
            retraining = undefined;
          });
        reply(202, { retraining: true });
      } else reply(404, { error: 'there are POST /predict and POST /retrain' });
    } catch (error) {
      // What the library refuses is the request's fault: a column is missing, a word stands where a number belongs.
      const isRequest = error instanceof ZerokaraError || error instanceof SyntaxError;
      if (!isRequest) console.error(error);
      reply(isRequest ? 400 : 500, { error: isRequest ? error.message : 'internal error' });
    }
  });
  server.listen(0); // any free port; 3000, say, in yours
  await once(server, 'listening');
  const address = `http://localhost:${(server.address() as AddressInfo).port}`;

  // A client, to try it out.
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(`${address}/${path}`, { method: 'POST', body: JSON.stringify(body) });
  const order = { distance: 8.5, weather: 'snow', items: 4 };
  const answer = await post('predict', order);
  console.log(answer.status, ((await answer.json()) as { label: string }).label);
  const refused = await post('predict', { distance: 8.5, weather: 'snow' });
  console.log(refused.status, ((await refused.json()) as { error: string }).error);

  console.log((await post('retrain', {})).status);
  let [asked, failed] = [0, 0];
  while (retraining !== undefined) {
    const { status } = await post('predict', [order, { ...order, distance: null }]);
    asked++;
    if (status !== 200) failed++;
  }
  console.log(asked > 0, failed);

  server.close();
  server.closeAllConnections();
}

main();
