/**
 * What the library needs from the platform it runs on.
 *
 * `node.ts` and `browser.ts` implement it, and package.json's `imports` chooses between them under the name
 * `#platform`. No other file of the library names a Node module or a global of Node; the linter checks this.
 */

export interface Platform {
  readonly name: 'node' | 'browser';
  /** Where this copy of the library is: the folder of the package, or the file of the bundle that contains it. */
  readonly place: string;
  readonly files: Files;
  readonly machine: Machine;

  /** The current environment variables; none in a browser. */
  readonly variables: Readonly<Record<string, string | undefined>>;

  /** 32 random bits from the operating system, as an integer in [0, 2³²). */
  randomUint32(): number;

  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;

  /** Resolves after pending input, output and timers have had their turn. */
  eventLoopTurn(): Promise<void>;

  /** Warns the developer, once for each code: in Node once per process, including the Workers it starts. */
  warnOnce(code: string, message: string): void;

  /** New memory whose bytes may have any value, for what is written before it is read; filling it with zeros takes time. */
  unwritten(bytes: number): ArrayBuffer;

  /** The SHA-256 of the parts, one after another, in hexadecimal. */
  sha256(parts: readonly Uint8Array[]): string;

  /**
   * Unpacks a gzip file.
   *
   * @param limit the most bytes that it may unpack to: an array of this size is allocated
   * @throws {GzipError} (as a rejection) if it is damaged, cut short, has bytes after its end, or unpacks to more
   */
  gunzip(bytes: Uint8Array, limit: number): Promise<Uint8Array>;

  /**
   * What the first bytes of a gzip file unpack to.
   *
   * @throws {GzipError} (as a rejection) if they are damaged
   */
  gunzipStart(bytes: Uint8Array): Promise<Uint8Array>;

  /**
   * Unpacks a gzip file of any size, in pieces.
   *
   * @throws {GzipError} (as a rejection) if it is damaged, cut short, or has bytes after its end; what `chunks` throws, it
   *   throws too
   */
  gunzipStream(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;

  /**
   * The folder of an installed npm package, as resolved from the running program, its main module or this library;
   * undefined if none of them resolves it.
   *
   * @param from files to resolve from instead
   */
  findPackage(name: string, from?: readonly string[]): string | undefined;

  /**
   * Starts a thread that imports a module and calls its default export; absent where the library starts none.
   *
   * @param shared the last argument of every call: copied once, but for SharedArrayBuffers, which stay shared
   */
  startWorker?(module: string, shared: unknown): CallingWorker;
}

/** A thread that calls one function, one call at a time. */
export interface CallingWorker {
  /**
   * What the function returns. Rejects with what it throws, as far as it can be copied: an error keeps name, message, stack
   * and `code`. Rejects with a DataCloneError for inputs that cannot be sent.
   */
  call(...inputs: readonly unknown[]): Promise<unknown>;
  /** Ends the thread. */
  end(): Promise<void>;
}

/** Files and folders. On failure the system's error is thrown: its `code` (`ENOENT`) and `message` say why. */
export interface Files {
  join(...parts: readonly string[]): string;
  /** The last part of a path. */
  nameOf(path: string): string;
  /** The path without its last part. */
  folderOf(path: string): string;

  /** What a path leads to, following symbolic links; undefined if there is nothing. */
  status(path: string): Promise<FileStatus | undefined>;
  /** The target of a symbolic link, absolute or relative to the link's folder; undefined if the path is not a link. */
  readLink(path: string): Promise<string | undefined>;
  /** The path of the same file or folder without symbolic links; fails if there is nothing. */
  resolveLinks(path: string): Promise<string>;
  /** The path that a `file:` URL names. */
  pathOf(url: string): string;
  /** `path` as seen from `folder`, unless it is absolute. */
  resolve(folder: string, path: string): string;
  /** The names in a folder. */
  list(folder: string): Promise<readonly string[]>;

  /** Opens an existing file; returns at once even for a pipe that nobody writes to. */
  openToRead(path: string): Promise<OpenFile>;
  /** Creates a file and opens it for writing; fails if the name exists, even as a link. */
  create(path: string): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes the renames in a folder durable; does nothing if the system has no way to. */
  syncFolder(folder: string): Promise<void>;

  /** The process that writes. */
  readonly process: RunningProcess;
}

export interface OpenFile {
  status(): Promise<FileStatus>;
  /** @returns the number of bytes read, at most `into.length`; 0 at the end of the file */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Appends. @returns the number of bytes written, at most `bytes.length` */
  write(bytes: Uint8Array): Promise<number>;
  /** Sets the permissions, e.g. 0o640. */
  setMode(mode: number): Promise<void>;
  /** Forces the bytes to the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FileStatus {
  readonly kind: 'file' | 'folder' | 'device' | 'pipe' | 'socket';
  /** Bytes. */
  readonly size: number;
  /** The permissions, e.g. 0o640. */
  readonly mode: number;
  /** When it was last written, in milliseconds since 1970. */
  readonly modified: number;
}

/** What distinguishes the running process from others. */
export interface RunningProcess {
  /** The scope in which ids are unique, letters and digits: one boot of a machine, or a container on it. */
  readonly host: string;
  readonly id: number;
  /** In milliseconds since 1970. */
  readonly started: number;
  /** Whether a process of this host is still running. */
  isRunning(id: number): boolean;
}

/** The machine, for reports and defaults. */
export interface Machine {
  /** Node's name: `linux`, `darwin`, `win32`; `browser` in a browser. */
  readonly system: string;
  /** Node's name: `x64`, `arm64`; `unknown` in a browser. */
  readonly architecture: string;
  /** The version of Node, e.g. `v22.3.0`, or the user agent of the browser. */
  readonly engine: string;
  /** Logical cores that this process may use. */
  cores(): number;
  /** The name of the CPU; `unknown` if not available. */
  cpu(): string;
  /** The text of a system file, e.g. in /proc; undefined if it cannot be read. */
  readText(path: string): string | undefined;
}

/** Why a gzip file cannot be unpacked. */
export class GzipError extends Error {
  /**
   * @param fault `long` it unpacks to more than the limit · `short` it ends too early · `trailing` bytes follow its end ·
   *   `damaged` anything else
   * @param end where its compressed data ends, for `trailing`
   */
  constructor(
    readonly fault: 'long' | 'short' | 'trailing' | 'damaged',
    message: string,
    readonly end?: number,
  ) {
    super(message);
  }
}
