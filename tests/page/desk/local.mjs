/**
 * The gateway of the console's own machine, and users of it.
 *
 * It is the real one, started by the console. The script in front of it notes down the secret that the console gives it, so
 * that a story can sign users' tokens as their backend would. It must never start or end the gateway: the console does.
 */
import { createHmac } from 'node:crypto';
import { chmod, link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { Client } from '../../window/desk/gateway.mjs';
import { server } from '../../window/desk/places.mjs';
import { host } from './places.mjs';

const LASTS_S = 3600;

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
      `{ printf '%s\\n' "$secret"; cat; } | exec '${server}' "$@"`,
    ];
    await writeFile(script, `${lines.join('\n')}\n`);
    await chmod(script, 0o700);
    return new Local(console, secret);
  }

  /** A user's client on `/web`, once it is welcome; the gateway runs. @param {string} address @param {number} id @param {string} name */
  async user(address, id, name) {
    const secret = await readFile(this.#secret, 'utf8');
    const client = new Client(`http://${address}/web`, signed(secret, { sub: `${id}`, username: name, status: 1 }));
    this.#clients.push(client);
    await client.hears('connected');
    return client;
  }

  leave() {
    for (const client of this.#clients) client.close();
  }
}

/** A token as a backend makes it. @param {string} secret @param {object} claims */
function signed(secret, claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const said = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, iat: now, exp: now + LASTS_S })}`;
  return `${said}.${createHmac('sha256', secret).update(said).digest('base64url')}`;
}
