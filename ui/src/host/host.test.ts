import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { socketAddress, socketHost } from "./socket";
import { toFailure } from "./types";

class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  sent: { id: number; call: string; args: unknown }[] = [];
  constructor(readonly address: string) {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text) as { id: number; call: string; args: unknown });
  }
  says(message: unknown) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  vi.stubGlobal("WebSocket", FakeSocket);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settled = () => vi.advanceTimersByTimeAsync(0);

describe("the host behind a socket", () => {
  it("pairs answers with calls, whatever their order", async () => {
    const host = socketHost("ws://test");
    const [socket] = FakeSocket.all;
    const first = host.call("outbox", { space: "s" });
    const second = host.call("devices", { space: "s" });
    socket?.onopen?.();
    await settled();
    expect(socket?.sent.map(({ call }) => call)).toEqual(["outbox", "devices"]);
    socket?.says({ id: 2, ok: { devices: [] } });
    socket?.says({ id: 1, err: { code: "offline", text: "no", retry_after_ms: null } });
    await expect(second).resolves.toEqual({ devices: [] });
    await expect(first).rejects.toMatchObject({ code: "offline" });
  });

  it("fails what was under way when the socket is lost, and opens another", async () => {
    const host = socketHost("ws://test");
    FakeSocket.all[0]?.onopen?.();
    const call = host.call("outbox", { space: "s" });
    const failed = expect(call).rejects.toMatchObject({ code: "failed" });
    await settled();
    FakeSocket.all[0]?.onclose?.();
    await failed;
    await vi.advanceTimersByTimeAsync(300);
    FakeSocket.all[1]?.onopen?.();
    void host.call("resync", {}).catch(() => undefined);
    await settled();
    expect(FakeSocket.all[1]?.sent.map(({ call }) => call)).toEqual(["resync"]);
  });

  it("hands pushes to who listens", async () => {
    const host = socketHost("ws://test");
    FakeSocket.all[0]?.onopen?.();
    const heard: unknown[] = [];
    const listening = host.subscribe((push) => heard.push(push));
    await settled();
    FakeSocket.all[0]?.says({ id: 1, ok: null });
    const end = await listening;
    FakeSocket.all[0]?.says({ push: { push: "changes", number: 2, changes: [] } });
    end();
    FakeSocket.all[0]?.says({ push: { push: "changes", number: 3, changes: [] } });
    expect(heard).toEqual([{ push: "changes", number: 2, changes: [] }]);
  });

  it.each([
    ["http://127.0.0.1:8000/", "ws://127.0.0.1:8000/socket"],
    ["https://host.example/x", "wss://host.example/socket"],
    ["http://localhost/?socket=ws://127.0.0.1:9/a", "ws://127.0.0.1:9/a"],
  ])("finds the address for %s", (page, address) => {
    const { protocol, host, search } = new URL(page);
    expect(socketAddress({ protocol, host, search } as Location)).toBe(address);
  });
});

describe("a failure", () => {
  it("keeps its code, and whatever else was thrown becomes one", () => {
    expect(toFailure({ code: "empty", text: "x", retry_after_ms: null }).code).toBe("empty");
    expect(toFailure(new Error("boom"))).toEqual({ code: "failed", text: "boom", retry_after_ms: null });
    expect(toFailure("x").text).toBe("x");
  });
});
