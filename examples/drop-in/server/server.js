// A server that answers predictions while it trains, in one process and one thread.
//
//   POST   /predict  { "x": [64 numbers from 0 to 255] }  →  { "label": 3, "step": 1234 }
//   POST   /training { "epochs": 50 }                     →  202; 409 if one is running
//   GET    /training                                      →  { "state": "running", "step": 1234, "of": 20000, … }
//   DELETE /training                                      →  stops it; the next POST continues where it stopped
import Fastify from 'fastify';
import { SGD, Trainer, TwoLayerNet } from 'zerokara';
import { drawSamples, INPUTS, LABELS } from './samples.js';

const { train, test } = drawSamples(20_000).split({ test: 0.1, seed: 1 });
const net = new TwoLayerNet({ inputSize: INPUTS, hiddenSize: 100, outputSize: LABELS, weightInitStd: 'he', seed: 1 });

let trainer; // the present run, or the last one
let controller; // what stops it; undefined when nothing runs
let state = 'idle';

/** Trains until the end, an abort or an error; never rejects. The event loop runs every few milliseconds meanwhile. */
async function trainInBackground() {
  controller = new AbortController();
  state = 'running';
  try {
    await trainer.fit({ signal: controller.signal });
    state = 'done';
  } catch (error) {
    state = controller.signal.aborted ? 'cancelled' : 'failed';
    if (state === 'failed') app.log.error(error);
  } finally {
    controller = undefined;
  }
}

const status = () => ({
  state,
  step: trainer?.step ?? 0,
  of: trainer?.totalSteps ?? 0,
  testAccuracy: trainer?.history.epochs.at(-1)?.testAccuracy ?? null,
  backend: net.backend.name,
});

const app = Fastify();

app.post('/predict', {
  schema: {
    body: {
      type: 'object',
      required: ['x'],
      properties: { x: { type: 'array', minItems: INPUTS, maxItems: INPUTS, items: { type: 'number' } } },
    },
  },
  handler: async ({ body }) => {
    // Works while fit runs, too: the weights are those of the last whole step.
    const [label] = net.classify([body.x.map((value) => value / 255)]);
    return { label, step: trainer?.step ?? 0 };
  },
});

app.post('/training', async ({ body }, reply) => {
  if (controller !== undefined) return reply.code(409).send({ error: 'a training is running' });
  if (state !== 'cancelled') {
    const optimizer = new SGD({ learningRate: 0.05 });
    trainer = new Trainer(net, { train, test, epochs: body?.epochs ?? 50, batchSize: 100, optimizer });
  }
  trainInBackground();
  return reply.code(202).send(status());
});

app.get('/training', async () => status());

app.delete('/training', async () => {
  controller?.abort();
  // fit ends between two steps; the event loop has to run for that.
  while (controller !== undefined) await new Promise((resolve) => setImmediate(resolve));
  return status();
});

// Ctrl-C: stop between two steps, keep what was learnt, close.
process.once('SIGINT', async () => {
  controller?.abort();
  await net.save('model.safetensors');
  await app.close();
  console.log(`stopped after ${trainer?.step ?? 0} steps; saved model.safetensors`);
});

const address = await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' });
console.log(`listening at ${address}, backend ${net.backend.name}`);
