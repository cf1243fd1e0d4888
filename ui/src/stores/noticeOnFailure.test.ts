import { flushPromises } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { defineComponent } from "vue";
import { stage } from "@/testing/mount";
import { type RunWithNotice, useNoticeOnFailure } from "./noticeOnFailure";

async function asking() {
  const { put, notices } = await stage();
  let ask: RunWithNotice | undefined;
  put(defineComponent({ setup: () => ((ask = useNoticeOnFailure()), () => null) }));
  await flushPromises();
  if (!ask) throw new Error("nothing was set up");
  return { ask, notices };
}

describe("asking", () => {
  it("says nothing of what worked", async () => {
    const { ask, notices } = await asking();
    expect(await ask(() => Promise.resolve())).toBe(true);
    expect(notices.list).toEqual([]);
  });

  it("says what failed, and how long to wait", async () => {
    const { ask, notices } = await asking();
    const failure = { code: "rate_limited", text: "too much", retry_after_ms: 6_500 };
    expect(await ask(() => Promise.reject(failure as unknown as Error))).toBe(false);
    expect(notices.list.map(({ tone }) => tone)).toEqual(["bad"]);
    expect(notices.list[0]?.text).toContain("7");
  });
});
