/** What the addon of MPI refuses: each call with its message. */
const path = require('node:path');

const holder = { exports: {} };
process.dlopen(
  holder,
  process.env.ZEROKARA_MPI_ADDON ?? path.join(__dirname, '../../../build/Release/zerokara-mpi.node'),
);
const addon = holder.exports;
const messages = [];

function refused(name, ...args) {
  try {
    addon[name](...args);
    messages.push([name, 'was accepted']);
  } catch (error) {
    messages.push([name, `${error.name}: ${error.message}`]);
  }
}

const floats = new Float32Array(2);
refused('barrier');
const { rank, size } = addon.begin();
refused('begin');
const detached = new Float32Array(2);
structuredClone(detached, { transfer: [detached.buffer] });
refused('allReduce');
refused('allReduce', [1, 2]);
refused('allReduce', new Int32Array(2));
refused('allReduce', new Float32Array(new SharedArrayBuffer(8)));
refused('treeReduce', 'x');
refused('broadcast', floats, 7);
refused('broadcast', floats, 0.5);
refused('broadcast', floats, { valueOf: () => 0 });
refused('broadcast', new DataView(new ArrayBuffer(8)), 0);
refused('allGather', new Float64Array(4), new Float64Array(1), 1);
refused('allGather', new Float64Array(4), new Float32Array(2), 1);
refused('allGather', new Float64Array(4), new Float64Array(2), -1);
refused('startSum', 0, 1);
refused('startSum', -1, 1, floats);
refused('startSum', 70000, 1, floats);
refused('startSum', 0, '1', floats);
refused('startSum', 0, 1, floats, new Float64Array(1));
refused('finishSum', 0, floats);
addon.startSum(0, 2, Float32Array.of(rank, 1));
refused('startSum', 0, 1, floats);
refused('finishSum', 0, new Float32Array(3));
refused('finishSum', 0, new Float64Array(2));
refused('setPatience', -1);
refused('setPatience', Number.NaN);
refused('abort', 256);

// What is accepted after all that: each sum is right.
addon.progress();
const [a, b] = [new Float32Array(1), new Float32Array(1)];
addon.finishSum(0, a, b);
const total = Float64Array.of(rank + 1);
addon.allReduce(total);
const tree = Float64Array.of(rank + 1);
addon.treeReduce(tree);
const all = new Float64Array(size);
addon.allGather(all, Float64Array.of(10 * rank), 1);
const bytes = Uint8Array.of(rank + 5);
addon.broadcast(bytes, 1);
addon.allReduce(detached); // of length 0
addon.startSum(1, 1, floats);
refused('end');
addon.finishSum(1, floats);
addon.end();
refused('barrier');
refused('end');
const result = { messages, sums: [a[0], b[0], total[0], tree[0], ...all, bytes[0]] };
require('node:fs').writeFileSync(`${process.env.RESULTS}/${rank}.json`, JSON.stringify(result));
