/**
 * Processes that train together, seen from the bench: they connect to its socket, one line of JSON answers each line of text.
 *
 * A socket, because mpirun hands its standard input to rank 0 alone; and ranks that wait in a call of MPI for their turn would keep
 * their cores busy in the turns of the others.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The variable that names the socket. */
export const SOCKET = 'BENCH_SOCKET';

/** Milliseconds in which all ranks must have connected, and in which they must answer. */
const PATIENCE = 120_000;

export interface Command {
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

type Reply = Readonly<Record<string, unknown>>;

export class Group {
  private readonly sockets: Socket[] = [];
  private readonly replies: ((reply: Reply) => void)[] = [];
  private fail: (error: Error) => void = () => {};
  private complaints = '';
  /** What the ranks said first; `versions` of what computes among it. */
  greeting: Reply = {};

  private constructor(
    private readonly folder: string,
    private readonly server: Server,
    private readonly processes: readonly ChildProcess[],
  ) {}

  /** Starts the processes and waits for all ranks. @throws {Error} with the reason if they do not come */
  static async start(commands: readonly Command[], ranks: number): Promise<Group> {
    const folder = mkdtempSync(join(tmpdir(), 'zerokara-ranks-'));
    const path = join(folder, 'socket');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const processes = commands.map(({ command, env }) =>
      spawn(command[0]!, command.slice(1), { env: { ...env, [SOCKET]: path }, stdio: ['ignore', 'ignore', 'pipe'] }),
    );
    const group = new Group(folder, server, processes);
    try {
      const greetings = await group.answers(ranks, () => {
        server.on('connection', (socket) => group.accept(socket));
      });
      group.greeting = greetings[0]!;
      return group;
    } catch (error) {
      group.stop();
      throw error;
    }
  }

  /** Sends a line to all ranks. @returns the answer of rank 0, once all have answered */
  async ask(line: string): Promise<Reply> {
    const replies = await this.answers(this.sockets.length, () => {
      for (const socket of this.sockets) socket.write(`${line}\n`);
    });
    return replies.find(({ rank }) => rank === 0)!;
  }

  stop(): void {
    this.fail = () => {};
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    // mpirun passes it on to its ranks.
    for (const child of this.processes) child.kill('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private accept(socket: Socket): void {
    this.sockets.push(socket);
    socket.on('error', () => {}); // an end is noticed by the answer that is missing
    createInterface({ input: socket }).on('line', (line) => this.replies.shift()?.(JSON.parse(line) as Reply));
  }

  /** So many answers, after something that lets them come. */
  private answers(count: number, prompt: () => void): Promise<Reply[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE);
      const found: Reply[] = [];
      this.fail = (error) => {
        clearTimeout(timer);
        reject(error);
      };
      for (const child of this.processes) this.watch(child);
      const receive = (reply: Reply): void => {
        if (typeof reply['error'] === 'string') {
          this.fail(new Error(reply['error']));
          return;
        }
        found.push(reply);
        if (found.length < count) return;
        clearTimeout(timer);
        resolve(found);
      };
      this.replies.length = 0;
      for (let i = 0; i < count; i++) this.replies.push(receive);
      prompt();
    });
  }

  private watch(child: ChildProcess): void {
    if (child.listenerCount('exit') > 0) return;
    child.stderr!.on('data', (text: Buffer) => {
      this.complaints = (this.complaints + text.toString()).slice(-4000);
    });
    child.on('error', (error) => this.fail(error));
    child.on('exit', (code, signal) =>
      this.fail(
        new Error(`${child.spawnfile} ended with ${code ?? signal}: ${this.complaints.trim().split('\n').at(-1)}`),
      ),
    );
  }
}
