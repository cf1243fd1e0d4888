/**
 * Renders only the rows of a long list that are near the viewport. All rows have the same height, so
 * positions are known without measuring. A short list is rendered completely.
 */
import { type Ref, computed, onBeforeUnmount, onMounted, ref, watch } from "vue";

/** Up to this many rows are all rendered. */
const WHOLE = 150;
/** Rendered beyond each edge, in pixels: no blank during a fast scroll, and the arrow keys find the next row. */
const BEYOND = 600;

export interface Slice {
  from: number;
  to: number;
  /** Heights of the spacers for rows that are not rendered, in pixels. */
  above: number;
  below: number;
}

/** The part of each group that is drawn. `counts` are their rows, each below a heading. */
export function slices(
  counts: number[],
  { top, height, row, heading }: { top: number; height: number; row: number; heading: number },
): Slice[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  let y = 0;
  return counts.map((count) => {
    y += heading;
    const place = (at: number) => Math.min(count, Math.max(0, at));
    const from = all <= WHOLE ? 0 : place(Math.floor((top - BEYOND - y) / row));
    const to = all <= WHOLE ? count : place(Math.ceil((top + height + BEYOND - y) / row));
    y += count * row;
    return { from, to: Math.max(from, to), above: from * row, below: (count - Math.max(from, to)) * row };
  });
}

export function useWindowedList(viewport: Ref<HTMLElement | null>, counts: () => number[]) {
  const view = ref({ top: 0, height: 800, row: 32, heading: 38 });

  function look() {
    const box = viewport.value;
    if (!box) return;
    const row = box.querySelector("li")?.getBoundingClientRect().height ?? 0;
    const heading = box.querySelector("h2")?.getBoundingClientRect().height ?? 0;
    const next = {
      top: box.scrollTop,
      height: box.clientHeight || view.value.height,
      row: row || view.value.row,
      heading: heading || view.value.heading,
    };
    const { value: now } = view;
    if (next.row !== now.row || next.heading !== now.heading || next.height !== now.height) view.value = next;
    // Within half of what is drawn beyond the edge nothing new comes near.
    else if (Math.abs(next.top - now.top) > BEYOND / 2) view.value = next;
  }

  const observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(look);
  onMounted(() => {
    look();
    if (viewport.value) observer?.observe(viewport.value);
  });
  watch(() => counts().reduce((sum, count) => sum + count, 0) > WHOLE, look, { flush: "post" });
  onBeforeUnmount(() => observer?.disconnect());

  return { drawn: computed(() => slices(counts(), view.value)), look };
}
