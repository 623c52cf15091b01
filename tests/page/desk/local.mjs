/**
 * The gateway of the console's own machine, and users of it.
 *
 * It is the real one, started by the console. The script in front of it notes down the secret that the console gives it, so
 * that a story can sign users' tokens as their backend would. It must never start or end the gateway: the console does.
 */
import { chmod, link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { Client } from '../../window/desk/gateway.mjs';
import { server } from '../../window/desk/places.mjs';
import { userToken } from '../../window/desk/token.mjs';
import { host } from './places.mjs';

export class Local {
  #secret;
  /** @type {Client[]} */
  #clients = [];

  /** @param {string} console a program of its own, beside the script @param {string} secret where the script writes it */
  constructor(console, secret) {
    this.console = console;
    this.#secret = secret;
  }

  /** @param {import('./stage.mjs').Stage} stage */
  static async prepare(stage) {
    // The console starts the one that is beside it. A link wants the same disk, and is no copy of so large a file.
    const folder = join(stage.logs, 'machine');
    const [console, script] = [join(folder, basename(host)), join(folder, 'signalbox-server')];
    const secret = join(stage.home, 'secret');
    await mkdir(folder);
    await link(host, console);
    // It ends when its input does, as the gateway itself.
    const lines = [
      '#!/bin/sh',
      'IFS= read -r secret',
      `printf %s "$secret" > '${secret}'`,
      `{ printf '%s\\n' "$secret"; cat; } | exec '${server()}' "$@"`,
    ];
    await writeFile(script, `${lines.join('\n')}\n`);
    await chmod(script, 0o700);
    return new Local(console, secret);
  }

  /** A user's client on `/web`, once it is welcome; the gateway runs. @param {string} address @param {number} id @param {string} name */
  async user(address, id, name) {
    const secret = await readFile(this.#secret, 'utf8');
    const client = new Client(`http://${address}/web`, userToken(secret, id, name));
    this.#clients.push(client);
    await client.hears('connected');
    return client;
  }

  leave() {
    for (const client of this.#clients) client.close();
  }
}
