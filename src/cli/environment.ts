/** Where a run took place, for its report. */

import { diagnose, type Network } from '../index.js';
import type { ReportValue } from '../report/report-input.js';
import { VERSION } from '../version.js';
import { formatSeconds } from './numbers.js';

/** @param seconds how long the training took */
export function environmentOf({ backend }: Pick<Network, 'backend'>, seconds: number): Record<string, ReportValue> {
  const { node, platform, cpu, threads } = diagnose();
  return {
    date: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    'training took': formatSeconds(seconds),
    zerokara: VERSION,
    node: `${node} on ${platform}`,
    cpu: `${cpu.model}, ${cpu.cores} ${cpu.cores === 1 ? 'core' : 'cores'}`,
    backend: `${backend.name} (${backend.reason})`,
    ...(backend.name === 'native' ? { threads } : {}),
  };
}
