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

/** A view of rows that are all as high, in a page that knows where they are. */
async function view(height: number) {
  const page = HTMLElement.prototype;
  vi.spyOn(page, "clientHeight", "get").mockReturnValue(height);
  vi.spyOn(page, "scrollHeight", "get").mockReturnValue(ROWS * ROW + MARGIN);
  vi.spyOn(page, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 600, ROW));
  const keys = Array.from({ length: ROWS }, (_, n) => ({ key: `row ${n}` }));
  const mounted = mount(
    defineComponent({
      setup() {
        const virtual = useVirtualRows({
          rows: ref(keys),
          atEnd: ref(true),
          estimate: () => ROW,
          sticky: () => true,
          onReach: () => undefined,
        });
        return { ...virtual, virtual };
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
