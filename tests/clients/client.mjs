// The official JavaScript client, version 4 or 2 as CLIENT says, with a memory: what a test of a contract needs.
// GATEWAY_URL and GATEWAY_SECRET say where the gateway is and what signs its tokens.

import { createHmac, randomUUID } from "node:crypto";
import assert from "node:assert/strict";
import { after, afterEach } from "node:test";

const { GATEWAY_URL, GATEWAY_SECRET } = process.env;
export const { CLIENT } = process.env;
const library = await import(`socket.io-client-${CLIENT}`);
const io = library.io ?? library.default;
const Manager = library.Manager ?? io.Manager;
const PATIENCE = 15_000;

const FROM_GATEWAY = [
  // /admin and /web
  "connected", "error", "kicked", "user:online", "user:offline", "private:message", "message:sent", "room:joined",
  "room:left", "room:user:joined", "room:user:left", "room:message", "system:notification", "user:notification",
  "room:notification", "system:status", "stats:online-users", "rate:limit:exceeded", "feed:snapshot", "feed:batch",
  "admin:response",
  // /
  "joined-room", "left-room", "private-message", "message-sent", "music-sync", "user-online", "user-offline",
  "notification", "rate-limit-exceeded",
  // /events and /chat
  "message", "user:joined", "user:left", "onlineUsers", "userOnline", "userOffline", "joined", "newMessage",
  "userTyping", "userJoined", "userLeft",
];

const opened = new Set();
afterEach(() => {
  for (const client of opened) client.socket.disconnect();
  opened.clear();
});
after(() => setTimeout(() => process.exit(), 500).unref());

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

export function token(claims) {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const body = `${base64url({ alg: "HS256", typ: "JWT" })}.${base64url({ status: 1, exp, ...claims })}`;
  return `${body}.${createHmac("sha256", GATEWAY_SECRET).update(body).digest("base64url")}`;
}

// A socket that remembers what came, so that nothing is missed between two lines of a test.
export class Client {
  constructor(namespace, credentials, transports, inQuery = false) {
    const options = { forceNew: true, reconnection: false, transports };
    if (inQuery) {
      // In the address of its manager: what stands behind a namespace, the client takes for a part of it.
      const address = `${GATEWAY_URL}/?token=${encodeURIComponent(credentials)}`;
      this.socket = new Manager(address, options).socket(namespace, {});
    } else {
      if (CLIENT === "4") options.auth = { token: credentials };
      // Version 2 has no credentials of its own in CONNECT: its token is in a header.
      else options.extraHeaders = credentials ? { Authorization: `Bearer ${credentials}` } : {};
      this.socket = io(GATEWAY_URL + namespace, options);
    }
    this.seen = [];
    this.waiting = new Set();
    for (const name of ["connect", "disconnect", "connect_error", ...FROM_GATEWAY]) {
      // Version 2 brings the refusal of a namespace as `error`, as it does an event of that name.
      this.socket.on(name, (payload) => this.#take({ name, payload }));
    }
    opened.add(this);
  }

  #take(event) {
    this.seen.push(event);
    for (const look of [...this.waiting]) look();
  }

  expect(name, fits = () => true) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const index = this.seen.findIndex((event) => event.name === name && fits(event.payload));
        if (index < 0) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve(this.seen.splice(index, 1)[0].payload);
      };
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        reject(new Error(`waited in vain for ${name}; there came ${JSON.stringify(this.seen)}`));
      }, PATIENCE);
      this.waiting.add(look);
      look();
    });
  }

  ask(name, ...payload) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no acknowledgement of ${name}`)), PATIENCE);
      this.socket.emit(name, ...payload, (answer) => (clearTimeout(timer), resolve(answer)));
    });
  }

  // What had come before the gateway answered a question: what is not among it was not sent.
  async received(name) {
    // The answer is a refusal, which is as good; `ping` is reserved in version 2.
    await this.ask("auth:refresh", {});
    const events = this.seen.filter((event) => event.name === name).map((event) => event.payload);
    this.seen = this.seen.filter((event) => event.name !== name);
    return events;
  }
}

let ids = 1000;
export async function user(name, how = {}) {
  const { namespace = "/web", transports = ["websocket"], id = ++ids, inQuery, ...claims } = how;
  const client = new Client(namespace, token({ sub: id, username: name, ...claims }), transports, inQuery);
  client.id = id;
  await client.expect("connect");
  if (["/", "/admin", "/web"].includes(namespace)) client.greeting = await client.expect("connected");
  // Who is answered has arrived.
  else await client.ask("auth:refresh", {});
  return client;
}

export const operator = (name) => user(name, { namespace: "/admin", id: `op:${name}`, roles: ["admin"] });
export const room = () => `room ${randomUUID()}`;
export const isTimestamp = (text) => assert.equal(new Date(text).toISOString(), text);
