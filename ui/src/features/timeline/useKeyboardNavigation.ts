/**
 * Keyboard navigation of the messages. The log is one tab stop; the arrow keys move the focus between
 * messages, Enter moves it to the controls of a message, Escape back to the message.
 */
import { type Ref, nextTick, ref, watch } from "vue";
import type { RowPlace } from "@/components/useVirtualRows";
import { type Row, isStop } from "./rows";

/** The controls of a message, in tab order. */
const CONTROLS = "button, a[href]";

interface Timeline {
  viewport: Ref<HTMLElement | null>;
  rows: Ref<Row[]>;
  drawn: Ref<Row[]>;
  inView(): RowPlace[];
  /** Scrolls to a row that may not be rendered. */
  bring(key: string): void;
}

export function useKeyboardNavigation({ viewport, rows, drawn, inView, bring }: Timeline) {
  /** The message that has the focus. */
  const walked = ref<string | null>(null);

  function article(key: string): HTMLElement | null {
    const all = viewport.value?.querySelectorAll<HTMLElement>("article[data-key]") ?? [];
    return [...all].find((one) => one.dataset["key"] === key) ?? null;
  }

  /** The message to start with: the last one in view upwards, the first one downwards. */
  function firstKey(keys: string[], step: 1 | -1): string | undefined {
    const seen = inView()
      .map(({ key }) => key)
      .filter((key) => keys.includes(key));
    return seen.at(step < 0 ? -1 : 0) ?? keys.at(step < 0 ? -1 : 0);
  }

  async function walk(step: 1 | -1) {
    const keys = rows.value.filter(isStop).map(({ key }) => key);
    const at = walked.value === null ? -1 : keys.indexOf(walked.value);
    const next = at < 0 ? firstKey(keys, step) : keys[at + step];
    if (next === undefined) return;
    walked.value = next;
    await nextTick();
    if (!article(next)) {
      bring(next);
      await nextTick();
      await nextTick();
    }
    article(next)?.focus({ preventScroll: true });
    article(next)?.scrollIntoView({ block: "nearest" });
  }

  /** Whether the current message is higher than the viewport and continues in this direction, so that it must scroll first. */
  function overflows(step: 1 | -1): boolean {
    const [box, own] = [viewport.value, walked.value === null ? null : article(walked.value)].map((one) =>
      one?.getBoundingClientRect(),
    );
    if (!box || !own || own.height <= box.height) return false;
    return step > 0 ? own.bottom > box.bottom + 1 : own.top < box.top - 1;
  }

  function controls(of: HTMLElement): HTMLElement[] {
    return [...of.querySelectorAll<HTMLElement>(CONTROLS)];
  }

  /** Returns whether the key was handled. */
  function onKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return false;
    const { target } = event;
    const own = target instanceof HTMLElement ? target.closest<HTMLElement>("article[data-key]") : null;
    const inside = own !== null && target !== own;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const step = event.key === "ArrowUp" ? -1 : 1;
      if (overflows(step)) return false;
      event.preventDefault();
      void walk(step);
      return true;
    }
    if (event.key === "Enter" && own && !inside) {
      controls(own)[0]?.focus();
      event.preventDefault();
      return true;
    }
    if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && own && inside) {
      const all = controls(own);
      const step = (event.key === "ArrowRight") === (getComputedStyle(own).direction === "ltr") ? 1 : -1;
      all[(all.indexOf(target as HTMLElement) + step + all.length) % all.length]?.focus();
      event.preventDefault();
      return true;
    }
    if (event.key === "Escape" && own && inside) {
      own.focus({ preventScroll: true });
      return true;
    }
    return false;
  }

  function onFocusIn(event: FocusEvent) {
    const own =
      event.target instanceof Element ? event.target.closest<HTMLElement>("article[data-key]") : null;
    walked.value = own?.dataset["key"] ?? null;
  }

  function onFocusOut(event: FocusEvent) {
    if (!(event.relatedTarget instanceof Node && viewport.value?.contains(event.relatedTarget)))
      walked.value = null;
  }

  // A row that is removed takes the focus with it, so the log takes it over.
  watch(
    drawn,
    () => {
      if (walked.value !== null && !article(walked.value) && document.activeElement === document.body) {
        walked.value = null;
        viewport.value?.focus({ preventScroll: true });
      }
    },
    { flush: "post" },
  );

  /** Gives the focus to a message, or to the log if it is not rendered. */
  function focus(key: string) {
    (article(key) ?? viewport.value)?.focus({ preventScroll: true });
  }

  return { walked, focus, onKey, onFocusIn, onFocusOut };
}
