import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stage } from "@/testing/mount";
import FileDropOverlay from "./FileDropOverlay.vue";
import { DRAGGED } from "./useFileDrop";

afterEach(() => vi.unstubAllGlobals());

function drag(type: string, types: string[]) {
  const event = new Event(type, { bubbles: true, cancelable: true });
  const dataTransfer = { types, dropEffect: "copy" };
  Object.assign(event, { dataTransfer, relatedTarget: null });
  document.body.dispatchEvent(event);
  return { prevented: event.defaultPrevented, effect: dataTransfer.dropEffect };
}

describe("files", () => {
  it("that are dragged here are answered, and nothing is promised", async () => {
    const { put } = await stage();
    const note = put(FileDropOverlay);
    expect(drag("dragover", ["text/plain"])).toEqual({ prevented: false, effect: "copy" });
    expect(note.find("[data-testid=files]").exists()).toBe(false);
    expect(drag("dragover", ["Files"])).toEqual({ prevented: true, effect: "none" });
    await flushPromises();
    expect(note.text()).toContain("Homing can’t send files yet");
    drag("dragleave", ["Files"]);
    await flushPromises();
    expect(note.find("[data-testid=files]").exists()).toBe(false);
    note.unmount();
  });

  it("that WebKitGTK hides are told by the program", async () => {
    const { put } = await stage();
    const note = put(FileDropOverlay);
    window.dispatchEvent(new CustomEvent(DRAGGED, { detail: true }));
    expect(drag("dragover", ["text/uri-list", "text/html"]).effect).toBe("none");
    await flushPromises();
    expect(note.find("[data-testid=files]").exists()).toBe(true);
    window.dispatchEvent(new CustomEvent(DRAGGED, { detail: false }));
    expect(drag("dragover", ["text/uri-list", "text/html"]).effect).toBe("copy");
    note.unmount();
  });

  it("that are dropped all the same are answered, and replace no page", async () => {
    const { put, notices } = await stage();
    const note = put(FileDropOverlay);
    drag("dragover", ["Files"]);
    expect(drag("drop", ["Files"]).prevented).toBe(true);
    await flushPromises();
    expect(notices.list.map(({ text }) => text)).toEqual(["Homing can’t send files yet"]);
    expect(note.find("[data-testid=files]").exists()).toBe(false);
    expect(drag("drop", ["text/plain"]).prevented).toBe(false);
    expect(notices.list.length).toBe(1);
    note.unmount();
  });

  it.each([
    ["a picture, as WebKitGTK tells it", { types: [], files: [] }, ["image/png"], true],
    ["nothing at all", { types: [], files: [] }, [], false],
    ["a file", { types: ["Files"], files: [{}] }, [], true],
    ["files from a file manager", { types: ["text/uri-list"], files: [] }, [], true],
    ["text", { types: ["text/plain"], files: [] }, [], false],
    ["text with its picture", { types: ["text/plain", "text/html", "Files"], files: [{}] }, [], false],
  ])("pasted: %s", async (_, clipboardData, asked, answered) => {
    const { put, notices } = await stage();
    const note = put(FileDropOverlay);
    const read = () => Promise.resolve(asked.length > 0 ? [{ types: asked }] : []);
    vi.stubGlobal("navigator", { ...navigator, clipboard: { read } });
    const event = Object.assign(new Event("paste", { bubbles: true }), { clipboardData });
    document.body.dispatchEvent(event);
    await flushPromises();
    expect(notices.list.map(({ text }) => text)).toEqual(answered ? ["Homing can’t send files yet"] : []);
    note.unmount();
  });
});
