/** The bench's side of the line protocol: one process, one request at a time. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Check, Timing } from '../src/bench/timing.js';
import type { Ready } from './serve.js';

/** Milliseconds in which a process must answer: the full run of the slowest system takes minutes. */
const PATIENCE = 20 * 60_000;

/** Milliseconds in which a process must be ready. */
const START = 120_000;

export class Child {
  private readonly process: ChildProcess;
  private readonly replies: AsyncIterator<string>;
  /** The end of its stderr: why it failed, if it did. */
  private complaints = '';

  private constructor(command: readonly string[], env: NodeJS.ProcessEnv) {
    this.process = spawn(command[0]!, command.slice(1), { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.process.on('error', (error) => {
      this.complaints += error.message;
    });
    // A process that has exited is noticed when its answer is missing.
    this.process.stdin!.on('error', () => {});
    this.process.stderr!.on('data', (text: Buffer) => {
      this.complaints = (this.complaints + text.toString()).slice(-2000);
    });
    this.replies = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
  }

  /** @throws {Error} with the reason if the process cannot run or declines */
  static async start(command: readonly string[], env: NodeJS.ProcessEnv): Promise<{ child: Child; ready: Ready }> {
    const child = new Child(command, env);
    try {
      return { child, ready: (await child.reply(START)) as unknown as Ready };
    } catch (error) {
      child.stop();
      throw error;
    }
  }

  async check(workload: string): Promise<Check> {
    return (await this.ask(`check ${workload}`)) as unknown as Check;
  }

  async run(workload: string, milliseconds: number): Promise<Timing> {
    return (await this.ask(`run ${workload} ${milliseconds}`)) as unknown as Timing;
  }

  stop(): void {
    this.process.kill('SIGKILL');
  }

  private ask(line: string): Promise<Record<string, unknown>> {
    this.process.stdin!.write(line + '\n');
    return this.reply(PATIENCE);
  }

  /** The next line that is JSON; anything else that a library prints is skipped. */
  private async reply(patience: number): Promise<Record<string, unknown>> {
    const timer = setTimeout(() => {
      this.complaints += `no answer within ${patience / 1000} s`;
      this.stop();
    }, patience);
    try {
      for (;;) {
        const { value, done } = await this.replies.next();
        if (done === true) throw new Error(lastLine(this.complaints) || 'the process ended');
        if (!value.startsWith('{')) continue;
        const reply = JSON.parse(value) as Record<string, unknown>;
        if (typeof reply['error'] === 'string') throw new Error(reply['error']);
        return reply;
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The last line that says what went wrong; Node ends an error report with its own version. */
function lastLine(text: string): string {
  const lines = text.trim().split('\n');
  return (lines.find((line) => /^\w*Error: /.test(line)) ?? lines.at(-1)!).trim();
}
