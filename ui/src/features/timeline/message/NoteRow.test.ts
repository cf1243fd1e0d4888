import { describe, expect, it } from "vitest";
import type { Content } from "@/generated/bridge";
import { UNCHANGED } from "@/host/memory/fold";
import { ME, stage } from "@/testing/mount";
import NoteRow from "./NoteRow.vue";

const DANA = "דנה";

describe("a note", () => {
  it.each<[Content, string]>([
    [{ kind: "membership", body: { user: "dana", change: "added" } }, "added \u2068דנה\u2069 · "],
    [{ kind: "membership", body: { user: "dana", change: "removed" } }, "removed \u2068דנה\u2069 · "],
    [{ kind: "described", body: { name: "צוות623", topic: "" } }, "\u2068צוות623\u2069 · "],
    [{ kind: "described", body: { name: "x", topic: "שלום!" } }, "\u2068שלום!\u2069"],
  ])("keeps names of another direction in their place: %j", async (content, words) => {
    const all = await stage("main");
    all.space().people.set("dana", { id: "dana", name: DANA, role: "member", gone: false });
    const item = {
      ...UNCHANGED,
      key: "k",
      place: { at: "log" as const, n: 1 },
      sender: ME,
      ts: 0,
      content,
      delivery: null,
    };
    expect(all.put(NoteRow, { props: { space: all.space(), item } }).text()).toContain(words);
  });
});
