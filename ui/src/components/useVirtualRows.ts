/**
 * Draws only the rows in view, and never lets the view jump.
 *
 * Rows stand in the normal flow between two spacers (the first and the last child of the viewport's
 * only child), so the page itself knows where each one is.
 * After every change the row that was topmost is put back to where it was (the anchor), or the end
 * is kept in view if it was. This happens before the page is painted. Estimated heights only
 * touch the spacers, which nobody sees. (TanStack Virtual was looked at: its Vue adapter moves the
 * view before the rows are drawn, which shows as a jump.)
 */
import { type Ref, nextTick, onBeforeUnmount, onMounted, ref, shallowRef, watch } from "vue";
import { Layout } from "./layout";

/** Drawn beyond each edge, in pixels: a fast scroll shows no blank. */
const OVERSCAN = 700;
/** Rows that are drawn out of view for the sake of one that is pinned. More would be felt. */
const PINNED = 400;
/** Nearer to an edge than this, more rows are asked for. */
const REACH = 900;
/** Nearer to the end than this counts as being there. */
const END = 32;
/** An event this near to what was last written is our own. Browsers round positions. */
const OWN = 1;
/** Measuring may bring further rows into view; it ends long before this. */
const ROUNDS = 6;

export interface Keyed {
  key: string;
}

export interface VirtualRows<R extends Keyed> {
  viewport: Ref<HTMLElement | null>;
  drawn: Ref<R[]>;
  onScroll(): void;
  toEnd(): void;
  /** Brings a row to `offset` pixels below the upper edge. Answers whether there is such a row. */
  toRow(key: string, offset: number): boolean;
  /** The rows in view, from top to bottom, and how far below the upper edge each begins. */
  inView(): RowPlace[];
}

export interface RowPlace {
  key: string;
  y: number;
}

interface Options<R extends Keyed> {
  rows: Ref<R[]>;
  /** The end is in view. */
  atEnd: Ref<boolean>;
  estimate(row: R, width: number): number;
  /** The last row is the newest there is: being at the end means staying there. */
  sticky(): boolean;
  /** An edge comes near. */
  onReach(edge: "before" | "after"): void;
  /** Other rows are in view, or the same ones elsewhere. */
  onRest?(): void;
  /**
   * The row keeps its neighbours whatever else is read. A line that is drawn above the first row of a day does not: with older
   * rows of that day it stands above those. It holds the view only where nothing else is in view.
   */
  fixed?(row: R): boolean;
  /** A row that stays drawn, and all between it and the view: somebody has begun to choose text there. */
  pinned?(): string | null;
}

export function useVirtualRows<R extends Keyed>({
  rows,
  atEnd,
  estimate,
  sticky,
  onReach,
  onRest,
  fixed,
  pinned,
}: Options<R>): VirtualRows<R> {
  const viewport = ref<HTMLElement | null>(null);
  const drawn = shallowRef<R[]>([]);
  const layout = new Layout();
  let from = 0;
  let to = 0;
  /** Where rows stood in the view when it was last at rest: by key, pixels below the upper edge. */
  let anchors: RowPlace[] = [];
  let width = 0;
  /** What was last written to the scroll position. An event that finds it there is our own. */
  let written = Number.NaN;
  let busy = false;

  function elements(): HTMLElement[] {
    const box = viewport.value;
    return box ? [...box.querySelectorAll<HTMLElement>("[data-row]")] : [];
  }

  /** Remembers what is in view. */
  function remember() {
    const box = viewport.value;
    if (!box) return;
    const edge = box.getBoundingClientRect();
    anchors = [];
    for (const element of elements()) {
      const place = element.getBoundingClientRect();
      if (place.bottom <= edge.top) continue;
      if (place.top >= edge.bottom) break;
      anchors.push({ key: element.dataset["row"] ?? "", y: place.top - edge.top });
    }
    onRest?.();
  }

  /** Chooses the rows to draw around a height. Answers whether they are others than before. */
  function choose(top: number): boolean {
    const height = viewport.value?.clientHeight ?? 0;
    let first = layout.find(top - OVERSCAN);
    let last = Math.min(layout.count, layout.find(top + height + OVERSCAN) + 1);
    const key = pinned?.() ?? null;
    const pin = key === null ? -1 : layout.at(key);
    if (pin >= 0 && pin < first && first - pin <= PINNED) first = pin;
    if (pin >= last && pin - last < PINNED) last = pin + 1;
    const next = rows.value.slice(first, last);
    const same = first === from && last === to && next.every((row, at) => row === drawn.value[at]);
    from = first;
    to = last;
    if (!same) drawn.value = next;
    return !same;
  }

  /** The anchor that is still among the rows, at best one that has kept its place among them. */
  function survivor(): RowPlace | null {
    const held = anchors.filter(({ key }) => layout.at(key) >= 0);
    const kept = held.find(({ key }) => {
      const row = rows.value[layout.at(key)];
      return row !== undefined && (fixed?.(row) ?? true);
    });
    return kept ?? held[0] ?? null;
  }

  /** Where the view should stand, by what is known of the heights. */
  function wanted(): number {
    const height = viewport.value?.clientHeight ?? 0;
    const lowest = Math.max(0, layout.total - height);
    if (atEnd.value && sticky()) return lowest;
    const anchor = survivor();
    if (!anchor) return viewport.value?.scrollTop ?? 0;
    const top = layout.top(layout.at(anchor.key)) - anchor.y;
    // A row near the end can't be brought further up. Where the end is, is known once it is drawn.
    return to === layout.count ? Math.min(top, lowest) : top;
  }

  function spacers() {
    const content = viewport.value?.firstElementChild;
    const [above, below] = [content?.firstElementChild, content?.lastElementChild];
    if (above instanceof HTMLElement) above.style.blockSize = `${layout.top(from)}px`;
    if (below instanceof HTMLElement)
      below.style.blockSize = `${Math.max(0, layout.total - layout.top(to))}px`;
  }

  function measure(): boolean {
    let changed = false;
    for (const element of elements())
      changed =
        layout.measure(element.dataset["row"] ?? "", element.getBoundingClientRect().height) || changed;
    if (changed) layout.settle();
    return changed;
  }

  /** Puts the view back to where it belongs. */
  function place() {
    const box = viewport.value;
    if (!box) return;
    spacers();
    let top = box.scrollTop;
    if (atEnd.value && sticky()) {
      top = box.scrollHeight - box.clientHeight;
    } else {
      const anchor = survivor();
      const element = anchor && elements().find((other) => other.dataset["row"] === anchor.key);
      if (anchor && element)
        top += element.getBoundingClientRect().top - box.getBoundingClientRect().top - anchor.y;
    }
    if (Math.abs(top - box.scrollTop) > 0.5) box.scrollTop = top;
    written = box.scrollTop;
  }

  /** Draws, measures and places until nothing moves any more. */
  async function settle() {
    if (busy || !viewport.value) return;
    busy = true;
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const other = choose(wanted());
        spacers();
        if (other) await nextTick();
        const moved = measure();
        place();
        if (!other && !moved) break;
      }
    } finally {
      busy = false;
    }
    const box = viewport.value;
    if (box && !atEnd.value && box.scrollHeight - box.clientHeight - box.scrollTop < 1) atEnd.value = true;
    remember();
    reach();
  }

  /** Asks for more when an edge is near. */
  function reach() {
    const box = viewport.value;
    if (!box || rows.value.length === 0) return;
    if (box.scrollTop < REACH) onReach("before");
    if (box.scrollHeight - box.clientHeight - box.scrollTop < REACH) onReach("after");
  }

  /** The person has moved the view to where it is now. */
  function moved(box: HTMLElement) {
    atEnd.value = box.scrollHeight - box.clientHeight - box.scrollTop < END;
    written = Number.NaN;
    remember();
  }

  /**
   * A change of rows between a turn of the wheel and the event that tells it (one frame, which is long
   * on a busy machine) must not turn the wheel back. A view that the browser moved up because there is
   * less to scroll stands at the end, and nobody moved it.
   */
  function heed() {
    const box = viewport.value;
    if (!box || busy || Number.isNaN(written)) return;
    const below = box.scrollHeight - box.clientHeight - box.scrollTop;
    if (box.scrollTop > written + OWN || (box.scrollTop < written - OWN && below >= OWN)) moved(box);
  }

  function onScroll() {
    const box = viewport.value;
    if (!box || busy) return;
    const own = Math.abs(box.scrollTop - written) <= OWN;
    if (own) remember();
    else moved(box);
    // Our own position has its rows. It counts the margin below the last row, which the layout does not:
    // choosing by it could choose others, which moves the view, which chooses again, with every frame.
    if (!own && choose(box.scrollTop)) void nextTick(settle);
    else reach();
  }

  watch(
    rows,
    () => {
      heed();
      take();
      void settle();
    },
    { flush: "post" },
  );

  function take() {
    layout.take(
      rows.value.map((row) => row.key),
      (at) => {
        const row = rows.value[at];
        return row ? estimate(row, width) : 0;
      },
    );
  }

  const observer =
    typeof ResizeObserver === "undefined"
      ? null
      : new ResizeObserver(() => {
          const now = viewport.value?.clientWidth ?? 0;
          if (now !== width) {
            width = now;
            layout.forget();
            take();
          }
          void settle();
        });

  onMounted(() => {
    width = viewport.value?.clientWidth ?? 0;
    take();
    void settle();
    if (!observer || !viewport.value) return;
    observer.observe(viewport.value);
    const content = viewport.value.firstElementChild;
    if (content) observer.observe(content);
  });
  onBeforeUnmount(() => observer?.disconnect());

  return {
    viewport,
    drawn,
    onScroll,
    inView: () => anchors,
    toEnd() {
      atEnd.value = true;
      void settle();
    },
    toRow(key, offset) {
      if (layout.at(key) < 0) take();
      if (layout.at(key) < 0) return false;
      atEnd.value = false;
      anchors = [{ key, y: offset }];
      void settle();
      return true;
    },
  };
}
