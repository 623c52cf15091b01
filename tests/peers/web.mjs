// The gateway's `/web`, as far as the measurements use it, in the way one writes it for socket.io. Both peers serve this.
import jwt from "jsonwebtoken";

/** The secret that tokens are signed with. */
export const secret = process.env.PEER_SECRET;

/** What both peers are configured with: the gateway's values. */
export const options = {
  pingInterval: 25_000,
  pingTimeout: 60_000,
  maxHttpBufferSize: 1_000_000,
  serveClient: false,
};

/** Serves `/web`. */
export function serve(io) {
  const web = io.of("/web");

  web.use((socket, next) => {
    try {
      const claims = jwt.verify(socket.handshake.auth.token, secret, {
        algorithms: ["HS256"],
      });
      if (claims.status !== 1) return next(new Error("account disabled"));
      socket.data.user = { id: claims.sub, username: claims.username };
      next();
    } catch {
      next(new Error("invalid credentials"));
    }
  });

  web.on("connection", (socket) => {
    const { user } = socket.data;
    socket.join(`user:${user.id}`);
    socket.emit("connected", { message: "Connected successfully", user });

    socket.on("ping", (answer) => answer?.("pong"));

    socket.on("room:join", ({ roomId }, answer) => {
      socket.join(roomId);
      socket
        .to(roomId)
        .emit("room:user:joined", { userId: user.id, username: user.username });
      socket.emit("room:joined", { roomId });
      answer?.({ success: true, roomId });
    });

    socket.on("room:message", ({ roomId, message }, answer) => {
      if (!socket.rooms.has(roomId)) {
        answer?.({
          success: false,
          code: "not_member",
          message: "you are not in this room",
        });
        return;
      }
      const fromUsername = user.username;
      const payload = {
        roomId,
        fromUserId: user.id,
        fromUsername,
        message,
        timestamp: new Date().toISOString(),
      };
      web.to(roomId).emit("room:message", payload);
      answer?.({ success: true, ...payload });
    });
  });
}

/** Tells who has started the peer that it accepts connections, and where. */
export function ready(port) {
  console.log(JSON.stringify({ event: "ready", addr: `127.0.0.1:${port}` }));
}
