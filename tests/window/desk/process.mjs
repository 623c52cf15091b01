/**
 * Programs that a story starts: each has a log file and a process group, and is ended by its own pid with all that it
 * has started.
 *
 * It must never know what the programs are for.
 */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { until } from './wait.mjs';

/** How long a program may take to end after it was asked to. */
const PATIENCE_MS = 12_000;

export class Program {
  /** @type {string[]} */
  #lines = [];
  #child;
  #ended;
  #closed;

  /**
   * @param {string} name for its log file, and for what is said when it fails
   * @param {string} file
   * @param {string[]} args
   * @param {{ env: NodeJS.ProcessEnv, logs: string, input?: string }} options `input` is written to its standard input,
   *   which then stays open: some programs end when it closes
   */
  constructor(name, file, args, { env, logs, input = '' }) {
    this.name = name;
    const log = createWriteStream(join(logs, `${name}.log`));
    this.#child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdin.write(input);
    this.#child.stderr.on('data', (chunk) => log.write(chunk));
    createInterface(this.#child.stdout).on('line', (line) => {
      this.#lines.push(line);
      log.write(`${line}\n`);
    });
    running.add(this);
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => resolve(error.message));
      this.#child.on('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    // A descendant that outlives the program would hold its output open for ever.
    void this.#ended.then((how) => {
      this.end = how;
      this.#signal('SIGKILL');
      running.delete(this);
    });
    // `close` comes after the last output, `exit` may come before it.
    this.#closed = new Promise((resolve) => {
      this.#child.on('error', resolve);
      this.#child.on('close', resolve);
    });
  }

  get pid() {
    return this.#child.pid;
  }

  /** Everything that it has written to standard output. */
  get lines() {
    return this.#lines;
  }

  /** Tells a program that reads while it runs. @param {string} text */
  write(text) {
    this.#child.stdin.write(text);
  }

  /** Ends the input, for a program that reads all of it first. */
  closeInput() {
    this.#child.stdin.end();
  }

  /**
   * The first line of standard output that the test accepts, also one that is there already.
   * @template T
   * @param {(line: string) => T | undefined | false} accept
   * @param {number} [ms]
   * @returns {Promise<T>}
   */
  line(accept, ms = 15_000) {
    return until(`a line from ${this.name}`, ms, () => {
      for (const line of this.#lines) {
        const found = accept(line);
        if (found) return found;
      }
      if (this.end !== undefined) throw new Error(`${this.name} ended (${this.end}); its log says why`);
      return undefined;
    });
  }

  /** Waits for its end: the signal, or the exit code in words. */
  async ended() {
    await this.#closed;
    return this.#ended;
  }

  /** Asks it to end, and makes it where it does not. */
  async stop() {
    if (this.end !== undefined || this.#child.pid === undefined) return;
    this.#signal('SIGTERM');
    const timer = setTimeout(() => this.#signal('SIGKILL'), PATIENCE_MS);
    await this.ended();
    clearTimeout(timer);
  }

  /** As `kill -9` does, for the whole group. */
  kill() {
    this.#signal('SIGKILL');
  }

  /** @param {NodeJS.Signals} signal */
  #signal(signal) {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch (error) {
      // Nobody of the group is left.
      if (error.code !== 'ESRCH') throw error;
    }
  }
}

/** What runs now. A story that is broken off leaves nothing behind. @type {Set<Program>} */
const running = new Set();
process.on('exit', () => running.forEach((program) => program.kill()));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
