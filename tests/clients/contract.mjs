// The contract of /admin and /web, seen by the official JavaScript client. Run by `node --test`; see client.mjs.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test from "node:test";

import { CLIENT, Client, isTimestamp, operator, room, token, user } from "./client.mjs";

for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
  test(`a client is greeted over ${transports.join(" and then ")}`, async () => {
    const ann = await user("ann", { transports });
    assert.deepEqual(ann.greeting.user, { id: ann.id, username: "ann" });
    assert.equal(typeof ann.greeting.message, "string");
    const online = await ann.expect("user:online", (who) => who.userId === ann.id);
    assert.equal(online.username, "ann");
    isTimestamp(online.timestamp);
    const lobby = room();
    assert.equal((await ann.ask("room:join", { roomId: lobby })).success, true);
    assert.equal((await ann.ask("room:message", { roomId: lobby, message: "hello" })).success, true);
    assert.equal((await ann.expect("room:message")).message, "hello");
  });
}

test("a refused client is told why", async () => {
  const reason = async (credentials, namespace = "/web") => {
    const client = new Client(namespace, credentials, ["websocket"]);
    const refused = await client.expect(CLIENT === "4" ? "connect_error" : "error");
    return refused.message ?? refused;
  };
  assert.equal(await reason(token({ sub: 7, roles: [] }), "/admin"), "insufficient permission");
  if (CLIENT === "4") {
    assert.equal(await reason(undefined), "missing token");
    assert.equal(await reason("garbage"), "invalid credentials");
    assert.equal(await reason(token({ sub: 7, status: 0 })), "account disabled");
    assert.equal(await reason(token({ sub: 7 }), "/nowhere"), "Invalid namespace");
  }
});

test("a ping is answered with pong", { skip: CLIENT === "2" && "the name is reserved in version 2" }, async () => {
  const ann = await user("ann");
  assert.equal(await ann.ask("ping"), "pong");
});

test("a private message reaches its target, and its sender is given a number", async () => {
  const [ann, ben] = [await user("ann"), await user("ben")];
  const answer = await ann.ask("private:message", { toUserId: ben.id, message: "hello 本" });
  assert.equal(answer.success, true);
  const sent = await ann.expect("message:sent");
  assert.equal(typeof sent.messageId, "number");
  assert.equal(answer.messageId, sent.messageId);
  const { timestamp, ...message } = await ben.expect("private:message");
  assert.deepEqual(message, { fromUserId: ann.id, fromUsername: "ann", message: "hello 本" });
  isTimestamp(timestamp);
  ann.socket.emit("private:message", { toUserId: String(ben.id), message: "again" });
  assert.equal((await ben.expect("private:message")).message, "again");
  assert.ok((await ann.expect("message:sent")).messageId > sent.messageId);
});

test("the members of a room hear each other", async () => {
  const [ann, ben, eve, lobby] = [await user("ann"), await user("ben"), await user("eve"), room()];
  ann.socket.emit("room:join", { roomId: lobby });
  assert.deepEqual(await ann.expect("room:joined"), { roomId: lobby });
  assert.deepEqual(await ben.ask("room:join", { roomId: lobby }), { success: true, roomId: lobby });
  assert.deepEqual(await ann.expect("room:user:joined"), { userId: ben.id, username: "ben" });
  ben.socket.emit("room:message", { roomId: lobby, message: "hello all" });
  for (const member of [ann, ben]) {
    const { timestamp, ...message } = await member.expect("room:message");
    assert.deepEqual(message, { roomId: lobby, fromUserId: ben.id, fromUsername: "ben", message: "hello all" });
    isTimestamp(timestamp);
  }
  assert.deepEqual(await eve.received("room:message"), []);
  assert.equal((await eve.ask("room:message", { roomId: lobby, message: "let me in" })).code, "not_member");
  ben.socket.emit("room:leave", { roomId: lobby });
  assert.deepEqual(await ben.expect("room:left"), { roomId: lobby });
  assert.deepEqual(await ann.expect("room:user:left"), { userId: ben.id, username: "ben" });
});

test("a user goes offline with the last connection", async () => {
  const ann = await user("ann");
  const ben = await user("ben");
  await ann.expect("user:online", (who) => who.userId === ben.id);
  const phone = await user("ben", { id: ben.id });
  ben.socket.disconnect();
  assert.deepEqual((await ann.received("user:offline")).filter((who) => who.userId === ben.id), []);
  phone.socket.disconnect();
  const gone = await ann.expect("user:offline", (who) => who.userId === ben.id);
  assert.equal(gone.username, "ben");
  isTimestamp(gone.timestamp);
});

test("a mistake is answered with a code", async () => {
  const ann = await user("ann");
  const answer = await ann.ask("room:join", { wrong: true });
  assert.equal(answer.success, false);
  assert.equal(answer.code, "invalid_payload");
  assert.equal(answer.error, answer.message);
  ann.socket.emit("room:join", { wrong: true });
  const error = await ann.expect("error");
  assert.equal(error.event, "room:join");
  assert.equal(error.code, "invalid_payload");
  assert.ok(error.receivedData);
  isTimestamp(error.timestamp);
  assert.equal((await ann.ask("no:such:event", {})).code, "unknown_event");
});

test("the error path and the limit are told", async () => {
  const ann = await user("ann");
  for (let count = 0; count < 3; count += 1) {
    assert.equal((await ann.ask("test:error")).code, "internal");
    assert.equal((await ann.expect("error")).event, "test:error");
  }
  const answer = await ann.ask("test:error");
  assert.equal(answer.code, "rate_limited");
  assert.ok(answer.retryAfterMs > 0 && answer.retryAfterMs <= 60_000);
  const { message, ...limit } = await ann.expect("rate:limit:exceeded");
  assert.deepEqual(limit, { event: "test:error", limit: 3, window: 60 });
  assert.equal(typeof message, "string");
});

test("an operator watches, notifies and disconnects", async () => {
  const olga = await operator("olga");
  const ann = await user("ann");
  assert.equal((await olga.expect("user:online", (who) => who.userId === ann.id)).username, "ann");

  olga.socket.emit("feed:subscribe", { kinds: ["user.online", "connection.closed", "notification.sent"] });
  const snapshot = await olga.expect("feed:snapshot");
  assert.equal(snapshot.recovered, false);
  assert.ok(snapshot.connections.some((connection) => connection.user.id === ann.id));
  const ben = await user("ben");
  await olga.expect("feed:batch", (batch) =>
    batch.entries.some((entry) => entry.kind === "user.online" && entry.user.id === ben.id));

  const request = async (command, args, more = {}) => {
    const id = randomUUID();
    olga.socket.emit("admin:request", { id, command, args, ...more });
    const response = await olga.expect("admin:response", (response) => response.id === id);
    assert.equal(response.ok, true, JSON.stringify(response));
    return response.result;
  };
  const text = { type: "info", title: "Hello", message: "Read this." };
  // A client of version 2 is on `/` too, which it joins unasked with the token of its connection.
  const places = CLIENT === "2" ? 2 : 1;
  assert.equal((await request("notify", { target: { users: [ann.id] }, ...text })).delivered, places);
  const { timestamp, ...notification } = await ann.expect("user:notification");
  assert.deepEqual(notification, text);
  isTimestamp(timestamp);
  await request("notify", { target: { namespace: "/web" }, ...text });
  assert.equal((await ben.expect("system:notification")).title, "Hello");
  assert.ok((await request("stats", {})).onlineUsers >= 2);

  const disconnect = { target: { users: [ann.id] }, reason: "maintenance" };
  const { fingerprint, users, sockets } = await request("disconnect", disconnect, { dryRun: true });
  assert.deepEqual([users, sockets], [1, places]);
  await request("disconnect", { ...disconnect, fingerprint });
  const kicked = await ann.expect("kicked");
  assert.deepEqual([kicked.code, kicked.reason], ["kicked", "maintenance"]);
  await ann.expect("disconnect");
  await ben.expect("user:offline", (who) => who.userId === ann.id);
});

test("an operator is told who is online after somebody came", async () => {
  const olga = await operator("olga");
  const ann = await user("ann");
  const online = await olga.expect("stats:online-users", ({ users }) => users.includes(ann.id));
  assert.ok(online.total >= 1 && !online.users.includes("op:olga"));
  isTimestamp(online.timestamp);
});
