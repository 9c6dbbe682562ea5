/**
 * Hosts that are not there: network namespaces with a name and an address each, joined by veth pairs to one bridge. Open MPI starts
 * its daemons in them as it would by ssh, and all that ranks say to each other goes through the links, which can be cut.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launcherEnv, RANK_ENV, type Running, watch } from './running.js';

const NETWORK = '10.77.0';

function ip(...args: string[]): { readonly status: number | null; readonly why: string; readonly stdout: string } {
  const { error, status, stderr, stdout } = spawnSync('ip', args, { encoding: 'utf8' });
  return { status, why: error?.message ?? stderr.trim(), stdout: stdout ?? '' };
}

export class Hosts {
  private readonly folder = mkdtempSync(join(tmpdir(), 'hosts-'));
  private readonly made: string[] = [];
  private readonly runs: ChildProcess[] = [];

  private constructor(
    private readonly prefix: string,
    private readonly count: number,
  ) {}

  /** @throws {Error} with the reason if namespaces, links or a bridge are not allowed here; nothing is left then */
  static open(count: number): Hosts {
    const hosts = new Hosts(`zk${process.pid}`, count);
    try {
      hosts.make();
      return hosts;
    } catch (error) {
      hosts.close();
      throw error;
    }
  }

  private make(): void {
    const { prefix, count } = this;
    const must = (...args: string[]): void => {
      const { status, why } = ip(...args);
      if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${why}`);
    };
    const bridge = `${prefix}-bridge`;
    must('netns', 'add', bridge);
    this.made.push(bridge);
    must('-n', bridge, 'link', 'add', 'bridge', 'type', 'bridge');
    must('-n', bridge, 'link', 'set', 'bridge', 'up');
    for (let i = 0; i < count; i++) {
      const host = this.name(i);
      must('netns', 'add', host);
      this.made.push(host);
      must('link', 'add', 'eth0', 'netns', host, 'type', 'veth', 'peer', 'name', `port${i}`, 'netns', bridge);
      must('-n', host, 'address', 'add', `${this.address(i)}/24`, 'dev', 'eth0');
      must('-n', host, 'link', 'set', 'eth0', 'up');
      must('-n', host, 'link', 'set', 'lo', 'up');
      must('-n', bridge, 'link', 'set', `port${i}`, 'master', 'bridge', 'up');
    }
    writeFileSync(this.agent, this.agentText());
    chmodSync(this.agent, 0o755);
  }

  private name(host: number): string {
    return `${this.prefix}-host${host}`;
  }

  private address(host: number): string {
    return `${NETWORK}.${host + 1}`;
  }

  private get agent(): string {
    return join(this.folder, 'agent');
  }

  /** What Open MPI calls in place of ssh: `agent <address> <command>`. A host has a name of its own, by which daemons tell each other apart. */
  private agentText(): string {
    const cases = Array.from({ length: this.count }, (_, i) => `${this.address(i)}) host=${this.name(i)} ;;`);
    return `#!/bin/sh
case "$1" in
${cases.join('\n')}
*) echo "no host $1" >&2; exit 1 ;;
esac
shift
exec ip netns exec "$host" unshare --uts sh -c "hostname $host; $*"
`;
  }

  /** A rank on each of the first `ranks` hosts, started from host 0. */
  mpirun(ranks: number, program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const hosts = Array.from({ length: ranks }, (_, i) => `${this.address(i)}:1`).join(',');
    const mca = Object.entries({
      plm_rsh_agent: this.agent,
      btl: 'self,tcp',
      pml: 'ob1',
      btl_tcp_if_include: `${NETWORK}.0/24`,
      oob_tcp_if_include: `${NETWORK}.0/24`,
      // A daemon that cannot be reached is found missing after about 5 s; the default is 8 minutes.
      oob_tcp_keepalive_time: '2',
      oob_tcp_keepalive_intvl: '1',
      oob_tcp_keepalive_probes: '3',
      // All hosts share the cores of this machine, and no daemon knows: a rank that only polls would keep the others from theirs.
      mpi_yield_when_idle: '1',
    }).flatMap(([name, value]) => ['--mca', name, value]);
    const variables = { ...RANK_ENV, ...env };
    const forwarded = Object.keys(variables).flatMap((name) => ['-x', name]);
    const command = ['mpirun', '--host', hosts, '--bind-to', 'none', ...mca, ...forwarded, process.execPath, program];
    const inHost = [
      'netns',
      'exec',
      this.name(0),
      'unshare',
      '--uts',
      'sh',
      '-c',
      `hostname ${this.name(0)}; exec "$@"`,
      'sh',
    ];
    const child = spawn('ip', [...inHost, ...command, ...args], {
      env: launcherEnv(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.runs.push(child);
    return watch(child);
  }

  /** Processes in a host, by their ids. */
  processes(host: number): number[] {
    return ip('netns', 'pids', this.name(host)).stdout.split('\n').filter(Boolean).map(Number);
  }

  /** Takes the host's link away. */
  cut(host: number): void {
    const { status, why } = ip('-n', this.name(host), 'link', 'set', 'eth0', 'down');
    if (status !== 0) throw new Error(`the link of host ${host} cannot be cut: ${why}`);
  }

  /** Ends what still runs in the hosts, and takes them away. */
  close(): void {
    for (let host = 0; host < this.count; host++) {
      for (const id of this.processes(host)) {
        try {
          process.kill(id, 'SIGKILL');
        } catch {
          // It ended by itself meanwhile.
        }
      }
    }
    for (const child of this.runs) child.kill('SIGKILL');
    for (const name of this.made) ip('netns', 'delete', name);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
