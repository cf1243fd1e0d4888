// A peer's server: `node server.mjs ws|socket.io|socket.io-recovery`. Says where it listens, and
// passes what anybody publishes on to everybody. It ends with its standard input.

import { createServer } from "node:http";

import { Server } from "socket.io";
import { WebSocketServer } from "ws";

const http = createServer();

const stacks = {
  ws() {
    const server = new WebSocketServer({ server: http });
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      socket.on("message", (data) => {
        for (const client of server.clients) client.send(data.toString());
      });
    });
  },
  "socket.io"() {
    relay(new Server(http));
  },
  // Two minutes as in its documentation; the buffer is in memory, as with the adapter that it has
  // by default.
  "socket.io-recovery"() {
    relay(new Server(http, { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } }));
  },
};

function relay(server) {
  server.on("connection", (socket) => {
    socket.on("publish", (text) => server.emit("message", text));
  });
}

stacks[process.argv[2]]();
http.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify(`127.0.0.1:${http.address().port}`));
});
process.stdin.on("end", () => process.exit()).resume();
