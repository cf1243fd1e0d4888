// A peer's clients: `node crowd.mjs STACK HOST:PORT PLAN`. Says "ready" when everybody listens,
// begins at "go", and then tells what came, in the form that ours has too.
//
// Cut off means here as there: the TCP socket is destroyed under the client, and the client is told
// to connect at the moment when the plan has it back. Automatic reconnection is off, because its
// wait would be counted as time for replay.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { io } from "socket.io-client";
import { WebSocket } from "ws";

const [stack, address, path] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(path, "utf8"));
/** What is refused is tried again after so many milliseconds. */
const RETRY = 100;
/** Clients that connect for the first time at once. */
const AT_ONCE = 40;
const FILLING = "the quick brown fox jumps over the lazy dog ".repeat(2).trimEnd();

class SocketIo {
  constructor(heard) {
    this.socket = io(`ws://${address}`, {
      autoConnect: false,
      forceNew: true,
      reconnection: false,
      transports: ["websocket"],
    });
    this.socket.on("message", heard);
    this.socket.on("connect_error", () => {
      if (this.wanted) setTimeout(() => this.wanted && this.socket.connect(), RETRY);
    });
  }

  connect() {
    this.wanted = true;
    return new Promise((resolve) => {
      this.socket.once("connect", resolve);
      this.socket.connect();
    });
  }

  cut() {
    this.wanted = false;
    this.socket.io.engine?.transport?.ws?._socket?.destroy();
  }

  publish(text) {
    this.socket.emit("publish", text);
  }
}

class Bare {
  constructor(heard) {
    this.heard = heard;
  }

  connect() {
    this.wanted = true;
    return new Promise((resolve) => {
      const open = () => {
        this.socket = new WebSocket(`ws://${address}`);
        this.socket.on("open", resolve);
        this.socket.on("message", (data) => this.heard(data.toString()));
        this.socket.on("error", () => this.wanted && setTimeout(open, RETRY));
      };
      open();
    });
  }

  cut() {
    this.wanted = false;
    this.socket._socket?.destroy();
  }

  publish(text) {
    this.socket.send(text);
  }
}

const Client = stack === "ws" ? Bare : SocketIo;
let start = performance.now();
const now = () => performance.now() - start;
const until = (at) => new Promise((resolve) => setTimeout(resolve, Math.max(0, at - now())));
const text = (n) => `${n} ${FILLING}`;

const members = plan.outages.map((outages) => {
  const member = { outages, got: [], back: [], tuned: false };
  member.client = new Client((said) => {
    const n = parseInt(said, 10);
    if (n === 0) member.tuned = true;
    else member.got.push([n, now()]);
  });
  return member;
});
const writer = new Client(() => {});

async function follow({ outages, back, client }) {
  for (const outage of outages) {
    await until(outage.cut);
    client.cut();
    await until(outage.back);
    back.push(now());
    // Not awaited: a return that takes longer than the next stretch is cut off as any other.
    void client.connect();
  }
}

async function run() {
  start = performance.now();
  members.forEach((member) => void follow(member));
  const sent = [];
  for (let n = 1; n <= plan.messages; n += 1) {
    await until((n - 1) * plan.every);
    sent.push(now());
    writer.publish(text(n));
  }
  const last = Math.max(0, ...plan.outages.flat().map(({ back }) => back));
  await until(last);
  const end = now() + plan.grace;
  while (now() < end && members.some(({ got }) => got.length < plan.messages)) {
    await until(now() + 50);
  }
  console.log(JSON.stringify({ sent, clients: members.map(({ got, back }) => ({ got, back })) }));
}

await writer.connect();
for (let n = 0; n < members.length; n += AT_ONCE) {
  await Promise.all(members.slice(n, n + AT_ONCE).map(({ client }) => client.connect()));
}
// Connection state recovery knows a client's place only once it was sent something.
writer.publish(text(0));
while (members.some(({ tuned }) => !tuned)) await until(now() + 50);
console.log(JSON.stringify("ready"));

const driver = createInterface({ input: process.stdin });
driver.once("line", () => void run());
driver.on("close", () => process.exit());
