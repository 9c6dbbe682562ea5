// The page: shows what the Worker has learnt, offers it as a file, and opens files.
import { Sequential } from 'zerokara';

const find = (id) => document.getElementById(id);
const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];

const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
worker.onmessage = ({ data }) => {
  if (data.bytes === undefined) {
    find('state').textContent = `epoch ${data.epoch}, loss ${data.loss.toFixed(4)}`;
    return;
  }
  const net = Sequential.fromBytes(data.bytes);
  find('state').textContent = `${net.backend.name}: ${net.classify(x).join(' ')}`;
  const link = Object.assign(document.createElement('a'), { download: 'xor.safetensors', textContent: 'the network' });
  link.href = URL.createObjectURL(new Blob([data.bytes]));
  find('file').replaceChildren(link, ', for Node');
};

find('open').onchange = async ({ target }) => {
  try {
    find('state').textContent = String(await Sequential.load(target.files[0]));
  } catch (error) {
    find('state').textContent = error.message;
  }
};
