/**
 * The same engine behind a loopback socket, for tests in a browser.
 *
 * One JSON object a message. To the host `{"id": 1, "call": "write", "args": {…}}`; from it
 * `{"id": 1, "ok": …}`, `{"id": 1, "err": Failure}` or `{"push": Push}`. Pushes begin by themselves.
 * A lost socket fails the calls under way and is opened again; a fresh one begins with a snapshot.
 */
import type { Failure, Push } from "@/generated/bridge";
import { copyText } from "./clipboard";
import { type Args, type CommandName, type Host, type Returns, toFailure } from "./types";

/** Long enough for a test server to come back, short enough not to be noticed. */
const REOPEN_MS = 300;

type Answer = { id: number; ok: unknown } | { id: number; err: Failure } | { push: Push };

interface Waiting {
  resolve(value: unknown): void;
  reject(failure: Failure): void;
}

const gone: Failure = { code: "failed", text: "the socket to the test host was lost", retry_after_ms: null };

/** Where the test host listens: `?socket=ws://…`, else the page's own address. */
export function socketAddress(location: Location): string {
  const asked = new URLSearchParams(location.search).get("socket");
  return asked ?? `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/socket`;
}

export function socketHost(address: string): Host {
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(push: Push) => void>();
  let nextId = 1;
  let opened = open();

  function open(): Promise<WebSocket> {
    return new Promise((resolve) => {
      const socket = new WebSocket(address);
      socket.onopen = () => resolve(socket);
      socket.onmessage = (message) => take(JSON.parse(String(message.data)) as Answer);
      socket.onclose = () => {
        for (const call of waiting.values()) call.reject(gone);
        waiting.clear();
        setTimeout(() => {
          opened = open();
          void opened.then(resolve);
        }, REOPEN_MS);
      };
    });
  }

  function take(answer: Answer) {
    if ("push" in answer) {
      for (const listener of listeners) listener(answer.push);
      return;
    }
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("err" in answer) call?.reject(answer.err);
    else call?.resolve(answer.ok);
  }

  return {
    async call<K extends CommandName>(name: K, args: Args<K>): Promise<Returns<K>> {
      const socket = await opened;
      return new Promise<Returns<K>>((resolve, reject) => {
        const id = nextId++;
        waiting.set(id, {
          resolve: (value) => resolve(value as Returns<K>),
          reject: (failure) => reject(toFailure(failure)),
        });
        socket.send(JSON.stringify({ id, call: name, args }));
      });
    },
    async subscribe(listener) {
      listeners.add(listener);
      // What the socket began with may have come before the listener did.
      await this.call("resync", {});
      return () => listeners.delete(listener);
    },
    copy: copyText,
    openLink(url) {
      window.open(url, "_blank", "noopener,noreferrer");
      return Promise.resolve();
    },
  };
}
