// socket.io on Bun, with the engine that is made for it.
import { Server as Engine } from "@socket.io/bun-engine";
import { Server } from "socket.io";

import { options, ready, serve } from "./web.mjs";

const io = new Server();
const { pingInterval, pingTimeout, maxHttpBufferSize } = options;
const engine = new Engine({
  path: "/socket.io/",
  pingInterval,
  pingTimeout,
  maxHttpBufferSize,
});
io.bind(engine);
serve(io);

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  ...engine.handler(),
});
ready(server.port);
