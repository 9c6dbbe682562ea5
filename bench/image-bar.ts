/** The bar of the networks of images. */

import type { BarRow } from './bar-row.js';

export const IMAGE_BAR: readonly BarRow[] = [
  ...[1, 2].flatMap((threads): BarRow[] => {
    const own = `native@${threads}`;
    const torch = [`torch@${threads} step/nchw`, `torch@${threads} step/channels-last`];
    const onnx = `onnxruntime@${threads}`;
    const of = threads === 1 ? '1 thread' : '2 threads each';
    return [
      {
        title: `J5 step ÷ PyTorch's better layout, its best round, ${of}`,
        job: 'j5',
        lane: `${own} step`,
        bestOf: torch,
        good: 0.4,
        goal: 0.3,
      },
      {
        title: `J6 step ÷ PyTorch's better layout, its best round, ${of}`,
        job: 'j6',
        lane: `${own} step`,
        bestOf: torch,
        good: 0.85,
        goal: 0.75,
      },
      ...(['j5', 'j6'] as const).flatMap((job): BarRow[] => {
        const [first, title] = [job === 'j5', job.toUpperCase()];
        return [
          {
            title: `${title} inference ÷ onnxruntime-node, rows per second, ${of}`,
            job,
            lane: `${own} predict:1000`,
            base: `${onnx} predict:1000`,
            shown: 'rate',
            good: first ? 1.2 : 1,
            goal: first ? 1.5 : 1.4,
          },
          {
            title: `${title} net, one image ÷ onnxruntime-node, ${of}`,
            job,
            lane: `${own} predict:1`,
            base: `${onnx} predict:1`,
            good: first ? 0.7 : 0.9,
            goal: first ? 0.5 : 0.7,
          },
        ];
      }),
    ];
  }),
  { title: 'J5 step, wasm ÷ native', job: 'j5', lane: 'wasm@1 step', base: 'native@1 step', good: 8, goal: 4 },
  {
    title: 'J9 seconds to 0.985 ÷ PyTorch, 2 threads each',
    job: 'j9',
    lane: 'native@2 learn',
    base: 'torch@2 learn/channels-last',
    figure: 's to 0.985',
    good: 0.5,
    goal: 0.3,
  },
  {
    title: 'J9 seconds to 0.989, 2 threads',
    job: 'j9',
    lane: 'native@2 learn',
    figure: 's to 0.989',
    good: 60,
    goal: 60,
  },
];

/** What a warm step leaves. */
export const IMAGE_GARBAGE: readonly BarRow[] = (['memory-j5', 'memory-j6'] as const).flatMap((job): BarRow[] => {
  const net = job === 'memory-j5' ? 'J5' : 'J6';
  const lane = 'native@1 allocations';
  return [
    {
      title: `typed arrays made by a warm ${net} step`,
      job,
      lane,
      figure: 'typed arrays per step',
      good: 0,
      goal: 0,
    },
    {
      title: `bytes of JavaScript heap left by a warm ${net} step`,
      job,
      lane,
      figure: 'heap bytes per step',
      good: 1024,
      goal: 1024,
    },
  ];
});
