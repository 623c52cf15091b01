/**
 * A folder and the programs in it, for one story. Each program is ended by its pid, and its log is kept.
 *
 * It must never know Signalbox.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Program } from '../../window/desk/process.mjs';

export class Stage {
  /** @type {Program[]} */
  #programs = [];

  /** @param {string} home @param {string} logs */
  constructor(home, logs) {
    this.home = home;
    this.logs = logs;
  }

  /** @param {string} logs where the programs' words are kept */
  static async set(logs) {
    await rm(logs, { recursive: true, force: true });
    await mkdir(logs, { recursive: true });
    return new Stage(await mkdtemp(join(tmpdir(), 'signalbox-page-')), logs);
  }

  /** Starts a program; it ends with the stage. @param {string} name @param {string} file @param {string[]} args */
  run(name, file, args, { env = {}, input = '' } = {}) {
    const program = new Program(name, file, args, { env: { ...process.env, ...env }, logs: this.logs, input });
    this.#programs.push(program);
    return program;
  }

  /** Runs a program to its end and gives its lines. @param {string} name @param {string} file @param {string[]} args */
  async finish(name, file, args, options = {}) {
    const program = this.run(name, file, args, options);
    program.closeInput();
    const end = await program.ended();
    if (end !== 'exit code 0') throw new Error(`${name}: ${end}; its log says why`);
    return program.lines;
  }

  async clear() {
    for (const program of this.#programs.reverse()) await program.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}
