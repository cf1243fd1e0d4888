import { flushPromises, mount } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, ref } from "vue";
import { useVirtualRows } from "./useVirtualRows";

const ROW = 30;
const ROWS = 100;
/** Drawn beyond each edge. */
const OVERSCAN = 700;
/** Between the last row and the end of what can be scrolled. */
const MARGIN = 10;
/** The line above the first row of a day. */
const DAY = "day";

/** A view of rows that are all as high, in a page that knows where they are. */
async function view(height: number) {
  const page = HTMLElement.prototype;
  vi.spyOn(page, "clientHeight", "get").mockReturnValue(height);
  vi.spyOn(page, "scrollHeight", "get").mockReturnValue(ROWS * ROW + MARGIN);
  vi.spyOn(page, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 600, ROW));
  const keys = ref(Array.from({ length: ROWS }, (_, n) => ({ key: `row ${n}` })));
  const mounted = mount(
    defineComponent({
      setup() {
        const atEnd = ref(true);
        const virtual = useVirtualRows({
          rows: keys,
          atEnd,
          estimate: () => ROW,
          sticky: () => true,
          onReach: () => undefined,
          fixed: ({ key }) => key !== DAY,
        });
        /** The same rows, told anew: a tick has changed in one of them. */
        const again = () => (keys.value = [...keys.value]);
        const show = (names: string[]) => (keys.value = names.map((key) => ({ key })));
        return { ...virtual, virtual, atEnd, again, show };
      },
      render() {
        const rows = this.drawn.map(({ key }) => h("p", { key, "data-row": key }));
        return h("div", { ref: "viewport" }, [h("div", [h("i"), ...rows, h("i")])]);
      },
    }),
  );
  await flushPromises();
  return mounted.vm;
}

describe("a row that is wanted where it can't be", () => {
  afterEach(() => vi.restoreAllMocks());

  it("has the rows above it in a high view as well", async () => {
    const height = 2000;
    const vm = await view(height);
    vm.virtual.toRow(`row ${ROWS - 1}`, 0);
    await flushPromises();
    const top = ROWS * ROW - height;
    expect(vm.drawn[0]?.key).toBe(`row ${(top - OVERSCAN) / ROW}`);
  });
});

describe("a view at rest", () => {
  afterEach(() => vi.restoreAllMocks());

  // Where the upper edge of what is drawn lies in a row decides whether the margin cuts another one.
  it.each(Array.from({ length: ROW }, (_, n) => 640 + n))(
    "keeps its rows at a height of %i",
    async (height) => {
      const vm = await view(height);
      const element = vm.viewport;
      expect(element?.scrollTop).toBe(ROWS * ROW + MARGIN - height);
      const before = vm.drawn;
      vm.onScroll();
      expect(vm.drawn).toBe(before);
    },
  );

  it("draws others when it is scrolled, and to the very top", async () => {
    const vm = await view(640);
    for (const top of [2000, 0]) {
      if (vm.viewport) vm.viewport.scrollTop = top;
      vm.onScroll();
    }
    expect(vm.drawn[0]?.key).toBe("row 0");
  });
});

describe("rows that change before a turn of the wheel is told", () => {
  afterEach(() => vi.restoreAllMocks());

  it.each([
    ["up from the end", null, 900, false],
    ["down to the end", "row 50", ROWS * ROW + MARGIN - 640, true],
  ])("leave the view where it was turned to: %s", async (_, from, to, end) => {
    const vm = await view(640);
    if (from !== null) vm.virtual.toRow(from, 0);
    await flushPromises();
    if (vm.viewport) vm.viewport.scrollTop = to;
    vm.again();
    await flushPromises();
    expect(vm.viewport?.scrollTop).toBe(to);
    expect(vm.atEnd).toBe(end);
  });

  it("keep the row in view when there is less to scroll", async () => {
    const vm = await view(640);
    vm.virtual.toRow("row 60", 0);
    await flushPromises();
    const [element, stood] = [vm.viewport, vm.viewport?.scrollTop ?? 0];
    // The browser has moved the view up to the new end; no person did.
    vi.spyOn(HTMLElement.prototype, "scrollHeight", "get").mockReturnValue(stood - 300 + 640);
    if (element) element.scrollTop = stood - 300;
    vm.again();
    await flushPromises();
    expect(vm.drawn.some(({ key }) => key === "row 60")).toBe(true);
  });
});

describe("older rows of the same day", () => {
  afterEach(() => vi.restoreAllMocks());

  it("leave in view what was below the line of that day", async () => {
    const held = Array.from({ length: 60 }, (_, n) => `row ${n}`);
    const older = Array.from({ length: 60 }, (_, n) => `older ${n}`);
    const vm = await view(640);
    vm.show([DAY, ...held]);
    await flushPromises();
    if (vm.viewport) vm.viewport.scrollTop = 0;
    vm.onScroll();
    await flushPromises();
    vm.show([DAY, ...older, ...held]);
    await flushPromises();
    expect(vm.drawn.map(({ key }) => key)).toContain("row 0");
  });
});
