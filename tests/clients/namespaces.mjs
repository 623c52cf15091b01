// The contracts of /, /events and /chat, seen by the official JavaScript client. Run by `node --test`; see client.mjs.

import assert from "node:assert/strict";
import test from "node:test";

import { CLIENT, Client, isTimestamp, room, token, user } from "./client.mjs";

const realtime = (name, how) => user(name, { namespace: "/", ...how });
const events = (name, how) => user(name, { namespace: "/events", ...how });
const chat = (name, how) => user(name, { namespace: "/chat", ...how });

// Without its timestamp, which is one.
function timeless({ timestamp, ...payload }) {
  isTimestamp(timestamp);
  return payload;
}

for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
  test(`/ greets a client over ${transports.join(" and then ")}`, async () => {
    const ann = await realtime("ann", { transports });
    const { socketId, ...greeting } = ann.greeting;
    assert.equal(typeof socketId, "string");
    assert.deepEqual(greeting, { message: "Connected successfully", userId: String(ann.id) });
    const lobby = room();
    assert.deepEqual(await ann.ask("join-room", { room: lobby }), { success: true, room: lobby });
    assert.deepEqual(await ann.expect("joined-room"), { room: lobby });
    ann.socket.emit("leave-room", { room: lobby });
    assert.deepEqual(await ann.expect("left-room"), { room: lobby });
  });
}

test("a token may stand in the query where it is allowed", async () => {
  for (const namespace of ["/events", "/chat", ...(CLIENT === "2" ? ["/"] : [])]) {
    const ann = await user("ann", { namespace, inQuery: true });
    assert.equal((await ann.ask("auth:refresh", {})).code, "invalid_payload", namespace);
  }
  const refused = new Client("/web", token({ sub: 7 }), ["websocket"], true);
  const { message } = await refused.expect(CLIENT === "4" ? "connect_error" : "error");
  assert.equal(message, "missing token");
});

test("/ refuses a client and says why", async () => {
  for (const [credentials, why] of [
    [undefined, "missing token"],
    ["garbage", "invalid credentials"],
    [token({ sub: 7, status: 0 }), "account disabled"],
  ]) {
    const client = new Client("/", credentials, ["websocket"]);
    const refused = await client.expect(CLIENT === "4" ? "connect_error" : "error");
    assert.equal(refused.message, why);
  }
});

test("/ carries private messages and keeps music in time", async () => {
  const ann = await realtime("ann");
  const phone = await realtime("ann", { id: ann.id });
  const ben = await realtime("ben");
  const answer = await ann.ask("private-message", { targetUserId: ben.id, message: "hello 本" });
  const sent = await ann.expect("message-sent");
  assert.deepEqual(answer, { success: true, ...sent });
  assert.deepEqual(timeless(sent), { targetUserId: String(ben.id), message: "hello 本" });
  const heard = timeless(await ben.expect("private-message"));
  assert.deepEqual(heard, { senderId: String(ann.id), senderUsername: "ann", message: "hello 本" });

  const lobby = room();
  for (const member of [ann, ben]) await member.ask("join-room", { room: lobby });
  ann.socket.emit("music-sync", { action: "seek", songId: "s1", currentTime: 12.5, room: lobby });
  const inRoom = { action: "seek", songId: "s1", currentTime: 12.5, room: lobby, userId: String(ann.id) };
  assert.deepEqual(timeless(await ben.expect("music-sync")), inRoom);
  assert.deepEqual(await ann.ask("music-sync", { action: "play", songId: "s1" }), { success: true });
  const own = { action: "play", songId: "s1", userId: String(ann.id) };
  assert.deepEqual(timeless(await phone.expect("music-sync")), own);
  assert.deepEqual(await ann.received("music-sync"), []);
  assert.deepEqual(await ann.ask("activity"), { success: true });
});

test("/events carries messages to everyone else, and to a room", async () => {
  const [ann, ben, eve, lobby] = [await events("ann"), await events("ben"), await events("eve"), room()];
  assert.deepEqual(await ann.ask("message", { content: "hello" }), { success: true });
  for (const other of [ben, eve]) {
    assert.deepEqual(timeless(await other.expect("message")), { senderId: String(ann.id), content: "hello" });
  }
  assert.deepEqual(await ann.received("message"), []);
  assert.deepEqual(await ann.ask("join", { room: lobby }), { success: true, room: lobby });
  ben.socket.emit("join", { room: lobby });
  assert.deepEqual(await ann.expect("user:joined"), { userId: String(ben.id), room: lobby });
  ben.socket.emit("message", { content: "hello all", room: lobby });
  for (const member of [ann, ben]) {
    assert.deepEqual(timeless(await member.expect("message")), { senderId: String(ben.id), content: "hello all" });
  }
  assert.deepEqual(await eve.received("message"), []);
  assert.equal((await eve.ask("message", { content: "me too", room: lobby })).code, "not_member");
  assert.deepEqual(await ben.ask("leave", { room: lobby }), { success: true, room: lobby });
  assert.deepEqual(await ann.expect("user:left"), { userId: String(ben.id), room: lobby });
});

test("/chat tells who has joined, under which name", async () => {
  const [ann, annie] = [await chat("ann"), `Annie ${room()}`];
  assert.ok(Array.isArray(await ann.expect("onlineUsers")));
  ann.socket.emit("joinChat", { username: annie });
  assert.equal((await ann.expect("joined")).username, annie);
  const { clientId } = await ann.expect("userOnline", (who) => who.username === annie);
  const ben = await chat("ben");
  assert.ok((await ben.expect("onlineUsers")).some(([id, name]) => id === clientId && name === annie));
  assert.equal((await ben.ask("joinChat", { username: annie })).code, "conflict");
  assert.equal((await ben.ask("sendMessage", { message: "hello" })).code, "not_member");
  ann.socket.emit("sendMessage", { message: "hello all" });
  for (const client of [ann, ben]) {
    const message = await client.expect("newMessage", (message) => message.username === annie);
    assert.deepEqual(timeless(message), { username: annie, message: "hello all" });
  }
  ann.socket.emit("typing", { isTyping: true });
  assert.deepEqual(await ben.expect("userTyping"), { username: annie, isTyping: true });
  ann.socket.disconnect();
  assert.deepEqual(await ben.expect("userOffline"), { username: annie, clientId });
});

test("/chat carries any value to all, and messages to rooms", async () => {
  const [ann, ben, lobby] = [await chat("ann"), await chat("ben"), room()];
  for (const value of ["hello", 7, null, [1, "two"], { deep: { er: [null] } }]) {
    assert.equal((await ann.ask("message", value)).success, true);
    for (const client of [ann, ben]) assert.deepEqual(await client.expect("message"), value);
  }
  ann.socket.emit("message");
  assert.equal(await ben.expect("message"), undefined);
  assert.deepEqual(await ann.ask("joinRoom", lobby), { success: true });
  ben.socket.emit("joinRoom", lobby);
  assert.deepEqual(await ann.expect("userJoined"), { id: String(ben.id), username: "ben" });
  ben.socket.emit("roomMessage", { room: lobby, message: "hello all" });
  const said = { user: { id: String(ben.id), username: "ben" }, message: "hello all" };
  for (const client of [ann, ben]) assert.deepEqual(await client.expect("message", (value) => value?.user), said);
  assert.deepEqual(await ben.ask("leaveRoom", lobby), { success: true });
  assert.deepEqual(await ann.expect("userLeft"), { id: String(ben.id), username: "ben" });
});

test("a limit is told with the moment at which it ends", async () => {
  const ann = await realtime("ann");
  const before = Date.now();
  for (let count = 0; count < 3; count += 1) assert.equal((await ann.ask("music-sync", { action: "play", songId: "s1" })).success, true);
  assert.equal((await ann.ask("music-sync", { action: "play", songId: "s1" })).code, "rate_limited");
  const { resetTime, ...told } = await ann.expect("rate-limit-exceeded");
  assert.deepEqual(told, { event: "music-sync", limit: 3 });
  assert.ok(resetTime > before + 59_000 && resetTime < Date.now() + 60_001);
});
