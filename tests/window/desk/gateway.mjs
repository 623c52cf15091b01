/**
 * A gateway of its own for a story, with an operator's account, and users' clients that connect to it.
 *
 * Clients are the official ones. It must never know the console.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { io } from 'socket.io-client';

import { server } from './places.mjs';
import { signed } from './token.mjs';
import { until } from './wait.mjs';

export const OPERATOR = Object.freeze({ name: 'ann', password: 'correct horse battery' });

export class Gateway {
  #desktop;
  #settings;
  #name;
  #folder;
  #program;
  /** @type {Client[]} */
  #clients = [];
  #runs = 0;

  /** @param {import('./desktop.mjs').Desktop} desktop @param {NodeJS.ProcessEnv} settings @param {string} name */
  constructor(desktop, settings, name) {
    this.#desktop = desktop;
    this.#settings = settings;
    this.#name = name;
    this.#folder = join(desktop.home, name);
  }

  /**
   * @param {import('./desktop.mjs').Desktop} desktop
   * @param {NodeJS.ProcessEnv} [settings] variables that set it up
   * @param {string} [name] of its folder and its logs, where there are several
   */
  static async start(desktop, settings = {}, name = 'gateway') {
    const gateway = new Gateway(desktop, settings, name);
    await mkdir(gateway.#folder);
    await gateway.#command('account', ['account', 'add', OPERATOR.name, '--role', 'admin', '--password-stdin'], OPERATOR.password);
    await gateway.serve('127.0.0.1:0');
    return gateway;
  }

  /** Serves, after the start or after an end. @param {string} [listen] where it was before, if not given */
  async serve(listen = this.address) {
    this.#runs += 1;
    const args = ['serve', '--listen', listen, '--data-dir', this.#folder];
    this.#program = this.#desktop.run(`${this.#name}-${this.#runs}`, server(), args, { env: this.#settings });
    const ready = await this.#program.line((line) => {
      const said = line.startsWith('{') && JSON.parse(line);
      return said && said.event === 'ready' && said;
    });
    this.address = ready.addr;
    this.url = `http://${ready.addr}`;
  }

  /** Ends it without a chance to say goodbye. */
  async crash() {
    this.#program.kill();
    await this.#program.ended();
  }

  /**
   * A user's client on `/web`, once it is welcome.
   * @param {number} id @param {string} name @param {string} [from] the address of this machine that it comes from
   */
  async user(id, name, from) {
    const client = await this.knock(id, name, from);
    await client.hears('connected');
    return client;
  }

  /**
   * Clients of many users, once they are welcome. Their tokens are signed here: the program would take a run for each.
   * @param {number[]} ids @param {string} name of all of them, before their ids
   */
  async crowd(ids, name) {
    const tokens = await Promise.all(ids.map((sub) => this.#sign({ sub, username: `${name} ${sub}`, status: 1 })));
    const clients = tokens.map((token) => new Client(`${this.url}/web`, token));
    this.#clients.push(...clients);
    for (const client of clients) await client.hears('connected');
    return clients;
  }

  /** The same, whether it is let in or not. @param {number} id @param {string} name @param {string} [from] */
  async knock(id, name, from) {
    const client = new Client(`${this.url}/web`, await this.token(id, name), from);
    this.#clients.push(client);
    return client;
  }

  /** A token of a user; with a role it is an operator's. @param {number} id @param {string} name @param {string} [role] */
  async token(id, name, role) {
    const as = role === undefined ? [] : ['--role', role];
    const [token] = await this.#command(`token-${id}`, ['token', '--user', `${id}`, '--name', name, ...as]);
    return token;
  }

  /** A token of an admin that ends soon. @param {number} seconds */
  async brief(seconds) {
    return this.#sign({ sub: 'olga', username: 'olga', status: 1, roles: ['admin'] }, seconds);
  }

  /** How many sockets there are in a namespace. @param {string} namespace */
  async sockets(namespace) {
    const metrics = await fetch(`${this.url}/metrics`).then((answer) => answer.text());
    const line = metrics.split('\n').find((one) => one.startsWith(`signalbox_sockets{namespace="${namespace}"}`));
    return Number(line?.split(' ')[1]);
  }

  /** What a backend reports. @param {string} type @param {object} payload */
  async report(type, payload) {
    await this.#ask('POST', '/api/v1/events', { type, payload });
  }

  /** A backend keeps a user out. @param {number} id @param {string} reason */
  async ban(id, reason) {
    await this.#ask('PUT', `/api/v1/bans/users/${id}`, { reason });
  }

  async stop() {
    for (const client of this.#clients) client.close();
    await this.#program?.stop();
  }

  /** A JWT as an issuer makes it who shares the gateway's secret. @param {object} claims @param {number} [seconds] that it lasts */
  async #sign(claims, seconds) {
    const secret = (await readFile(join(this.#folder, 'secret'), 'utf8')).trim();
    return signed(secret, claims, seconds);
  }

  /** @param {string} method @param {string} path @param {object} body */
  async #ask(method, path, body) {
    const [token] = await this.#command('token-backend', ['token', '--user', 'backend', '--role', 'operator']);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  }

  /** @param {string} name @param {string[]} args @param {string} [input] */
  #command(name, args, input = '') {
    return this.#desktop.finish(name, server(), [...args, '--data-dir', this.#folder], { input: `${input}\n` });
  }
}

/** A user's client, and all that it has heard. */
export class Client {
  /** @type {{ event: string, payload: any }[]} */
  #heard = [];
  #socket;

  /** @param {string} url @param {string} token @param {string} [from] the address that it comes from */
  constructor(url, token, from) {
    const way = { transports: ['websocket'], reconnection: false, forceNew: true, localAddress: from };
    this.#socket = io(url, { auth: { token }, ...way });
    this.#socket.onAny((event, payload) => this.#heard.push({ event, payload }));
    this.#socket.on('connect_error', (error) => this.#heard.push({ event: 'refused', payload: error.message }));
    this.#socket.on('disconnect', (reason) => {
      this.closed = reason;
    });
  }

  /** The payload of the first event of that name, also of one that came already. @param {string} event */
  async hears(event, ms = 15_000) {
    const found = await until(`the client hears ${event}`, ms, () => this.#heard.find((one) => one.event === event));
    return found.payload;
  }

  /** Whether it has heard such an event by now. @param {string} event */
  has(event) {
    return this.#heard.some((one) => one.event === event);
  }

  /** Waits until its connection has been ended for it. */
  async isClosed(ms = 5_000) {
    return until('the client is closed', ms, () => this.closed);
  }

  /** Sends one event so often, as fast as it can. @param {number} times @param {string} event @param {unknown} payload */
  flood(times, event, payload) {
    for (let i = 0; i < times; i += 1) this.#socket.emit(event, payload);
  }

  close() {
    this.#socket.disconnect();
  }
}
