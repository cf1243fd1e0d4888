import { describe, expect, it } from "vitest";
import { reachOf } from "./reach";

describe("a join link", () => {
  it.each([
    ["chat.example.org", "anywhere"],
    ["chat.example.org:7474", "anywhere"],
    ["203.0.113.9:7474", "anywhere"],
    ["172.32.0.1:7474", "anywhere"],
    ["10.example.org", "anywhere"],
    ["[2001:db8::1]:7474", "anywhere"],
    ["192.168.1.20:7474", "network"],
    ["10.0.0.2", "network"],
    ["172.16.0.9:7474", "network"],
    ["169.254.7.7:7474", "network"],
    ["[fd00::2]:7474", "network"],
    ["[fe80::2]:7474", "network"],
    ["office.local:7474", "network"],
    ["127.0.0.1:7474", "computer"],
    ["localhost:7474", "computer"],
    ["[::1]:7474", "computer"],
  ] as const)("of %s reaches %s", (server, reach) =>
    expect(reachOf(`homing://join/${server}/5RT9-K2QX?fp=iC3k`)).toBe(reach),
  );
});
