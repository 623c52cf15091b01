// socket.io on Node.js.
import { createServer } from "node:http";

import { Server } from "socket.io";

import { options, ready, serve } from "./web.mjs";

const http = createServer();
serve(new Server(http, options));
http.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () =>
  ready(http.address().port),
);
