import { afterEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h } from "vue";
import { copyText } from "@/host/clipboard";
import { stage } from "@/testing/mount";
import { type Copying, useClipboard } from "./clipboard";

afterEach(() => vi.unstubAllGlobals());

async function copying(copy: (text: string | Promise<string>) => Promise<void>) {
  const { homing, notices, put } = await stage();
  homing.copy = copy;
  let use: Copying | null = null;
  put(
    defineComponent({
      setup() {
        use = useClipboard();
        return () => h("div");
      },
    }),
  );
  const said = () => notices.list.map(({ text }) => text);
  return { copy: use as unknown as Copying, said };
}

describe("copying", () => {
  it("says so when it fails", async () => {
    const refused = new DOMException("refused", "NotAllowedError");
    const { copy, said } = await copying(() => Promise.reject(refused));
    expect(await copy("text")).toBe(false);
    expect(said()).toEqual(["Couldn’t copy. Try again."]);
  });

  it("says why there is no text", async () => {
    const failure = { code: "not_a_link", text: "", retry_after_ms: null };
    const { copy, said } = await copying(async (text) => void (await text));
    expect(await copy(Promise.reject(failure as unknown as Error))).toBe(false);
    expect(said()).toHaveLength(1);
    expect(said()).not.toEqual(["Couldn’t copy. Try again."]);
  });

  it("says nothing when it worked", async () => {
    const { copy, said } = await copying(() => Promise.resolve());
    expect(await copy("text")).toBe(true);
    expect(said()).toEqual([]);
  });
});

describe("a text that is still to come", () => {
  it("is handed over in the click", async () => {
    const write = vi.fn(([item]: { given: Record<string, Promise<Blob>> }[]) => item?.given["text/plain"]);
    vi.stubGlobal("navigator", { clipboard: { write } });
    vi.stubGlobal(
      "ClipboardItem",
      class {
        constructor(readonly given: Record<string, Promise<Blob>>) {}
      },
    );
    let come: (text: string) => void = () => undefined;
    const copied = copyText(new Promise((resolve) => (come = resolve)));
    // Before anything was waited for: WebKit refuses it later.
    expect(write).toHaveBeenCalledOnce();
    come("report");
    await copied;
    expect((await write.mock.results[0]?.value)?.size).toBe("report".length);
  });
});
