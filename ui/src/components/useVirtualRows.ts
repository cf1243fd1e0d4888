/**
 * A virtual list that renders only the rows near the viewport and never jumps.
 *
 * Rows are in the normal flow between two spacers (the first and the last child of the viewport's only
 * child), so the browser computes their positions. After every change the topmost row (the anchor) is
 * moved back to its position, or the end stays in view if it was. This happens before the next paint.
 * Estimated heights only affect the spacers. (TanStack Virtual was tried: its Vue adapter scrolls before
 * the rows are rendered, which is visible as a jump.)
 */
import { type Ref, nextTick, onBeforeUnmount, onMounted, ref, shallowRef, watch } from "vue";
import { Layout } from "./layout";

/** Rendered beyond each edge, in pixels: no blank during a fast scroll. */
const OVERSCAN = 700;
/** Rows rendered out of view up to a pinned one. More would be slow. */
const PINNED = 400;
/** Distance to an edge, in pixels, at which more rows are loaded. */
const REACH = 900;
/** Distance to the end, in pixels, that counts as being at the end. */
const END = 32;
/** A scroll event this near to the position that was last set is our own. Browsers round positions. */
const OWN = 1;
/** Limit for repeated measuring: measured rows can bring further rows into view. */
const ROUNDS = 6;

export interface Keyed {
  key: string;
}

export interface VirtualRows<R extends Keyed> {
  viewport: Ref<HTMLElement | null>;
  drawn: Ref<R[]>;
  onScroll(): void;
  toEnd(): void;
  /** Scrolls a row to `offset` pixels below the upper edge. Returns whether there is such a row. */
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
  /** The viewport comes near an edge of the rows. */
  onReach(edge: "before" | "after"): void;
  /** The rows in view or their positions changed. */
  onRest?(): void;
  /**
   * Loading more rows never changes the neighbours of this row, so it can be the anchor. A day line is not
   * fixed: it moves up when older rows of that day are loaded. It is the anchor only if no other row is in view.
   */
  fixed?(row: R): boolean;
  /** A row that stays rendered, with all rows up to the viewport: a selection began there. */
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
  /** Positions of the rows after the last layout: key, pixels below the upper edge. */
  let anchors: RowPlace[] = [];
  let width = 0;
  /** The scroll position that was last set, to recognise our own scroll events. */
  let written = Number.NaN;
  let busy = false;

  function elements(): HTMLElement[] {
    const box = viewport.value;
    return box ? [...box.querySelectorAll<HTMLElement>("[data-row]")] : [];
  }

  /** Records the positions of the rows in view. */
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

  /** The target scroll position by the known heights. */
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
