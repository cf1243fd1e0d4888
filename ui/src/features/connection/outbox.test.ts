import { flushPromises } from "@vue/test-utils";
import { afterEach, expect, it } from "vitest";
import type { Content } from "@/generated/bridge";
import { ME, NORTHLIGHT, roomId, stage } from "@/testing/mount";
import OutboxDialog from "./OutboxDialog.vue";

afterEach(() => document.body.replaceChildren());

const of = { user: ME, cid: "sent" };

it.each<[Content, string, string[]]>([
  [{ kind: "edit", body: { of, text: "better" } }, "Edit: better", ["Edit", "Copy", "Discard"]],
  [{ kind: "react", body: { to: of, emoji: "❤", on: true } }, "Reaction ❤️", ["Discard"]],
  [{ kind: "react", body: { to: of, emoji: "👍", on: false } }, "Remove reaction 👍", ["Discard"]],
  [{ kind: "redact", body: { of } }, "Delete message", ["Discard"]],
  [{ kind: "pin", body: { of, on: true } }, "Pin message", ["Discard"]],
  [{ kind: "pin", body: { of, on: false } }, "Unpin message", ["Discard"]],
])("the outbox says of %j what it is", async (content, words, ways) => {
  const all = await stage("offline");
  all.world.enqueue(NORTHLIGHT, roomId(0), content);
  all.put(OutboxDialog, { props: { space: all.space() } });
  await flushPromises();
  const entry = [...document.querySelectorAll("[data-testid=outbox] li")].at(-1);
  expect(entry?.querySelector("p")?.textContent).toBe(words);
  expect([...(entry?.querySelectorAll("button") ?? [])].map((one) => one.textContent?.trim())).toEqual(ways);
  if (content.kind !== "edit") return;
  entry?.querySelector("button")?.click();
  await flushPromises();
  expect(all.navigation.view.editing).toEqual({ cid: "sent", text: "better" });
});
