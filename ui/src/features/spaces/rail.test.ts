import { describe, expect, it } from "vitest";
import type { ConnectionState } from "@/generated/bridge";
import { stage } from "@/testing/mount";
import { railEntry } from "./rail";

describe("the rail", () => {
  it.each([
    [{ state: "up_to_date", rtt_ms: 3 }, null],
    [{ state: "catching_up", rooms: 1, messages: 9 }, null],
    [{ state: "connecting", attempt: 2, ask: "not_yet" }, "connecting"],
    [{ state: "waiting", until: 0, attempt: 2, why: { cause: "none" }, ask: "not_yet" }, "offline"],
    [{ state: "stopped" }, "stopped"],
    [{ state: "refused", why: { cause: "signed_out" } }, "refused"],
  ] as [ConnectionState, string | null][])("says of %j: %s", async (link, trouble) => {
    const { space } = await stage();
    expect(railEntry({ ...space(), link }, false).trouble).toBe(trouble);
  });

  it("counts mentions, unless the space is muted", async () => {
    const { space } = await stage();
    const rooms = new Map(
      [...space().rooms].map(
        ([id, room]) => [id, { ...room, unread: 2, mentions: 1, muted: false }] as const,
      ),
    );
    const loud = railEntry({ ...space(), rooms }, false);
    expect(loud).toMatchObject({ mentions: rooms.size, unread: true, muted: false });
    expect(railEntry({ ...space(), rooms }, true)).toMatchObject({ mentions: 0, unread: true, muted: true });
  });

  it("takes no unread messages of muted rooms for news", async () => {
    const { space } = await stage();
    const rooms = new Map(
      [...space().rooms].map(([id, room]) => [id, { ...room, unread: 2, mentions: 0, muted: true }] as const),
    );
    expect(railEntry({ ...space(), rooms }, false).unread).toBe(false);
  });
});
