/**
 * Selects and copies text over many rows. Rows out of view are not rendered, so the browser's selection
 * does not include them: the row where the selection began is remembered, and the text between is taken
 * from the messages.
 *
 * Only the text of messages is copied, one per line, without times, names and icons.
 */
import { type Ref, onBeforeUnmount, onMounted, ref } from "vue";
import { parse } from "@/text/parse";
import { plain } from "@/text/plain";
import type { Known } from "@/text/token";
import type { Row } from "./rows";

const BLOCKS = new Set(["P", "LI", "PRE", "BLOCKQUOTE", "TR", "UL", "OL", "TABLE", "HR"]);
const CELLS = new Set(["TD", "TH"]);
/** These are not part of what was written. */
const NOT_WRITTEN = "button, time, .mark, [aria-hidden=true]";

/** The text of a range of the page, with line breaks, and tabs between cells. */
function textOf(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent ?? "";
  if (node instanceof Element && node.matches(NOT_WRITTEN)) return "";
  let text = "";
  for (const child of node.childNodes) {
    const tag = child instanceof Element ? child.tagName : "";
    if (BLOCKS.has(tag) && text !== "" && !text.endsWith("\n")) text += "\n";
    if (CELLS.has(tag) && child.previousSibling) text += "\t";
    if (tag === "BR") text += "\n";
    else text += tag === "HR" ? "---" : textOf(child);
  }
  return text;
}

function rowOf(node: Node | null): HTMLElement | null {
  const element = node instanceof Element ? node : (node?.parentElement ?? null);
  return element?.closest<HTMLElement>("[data-row]") ?? null;
}

export function useSelection(viewport: Ref<HTMLElement | null>, rows: Ref<Row[]>, people: () => Known) {
  /** The row in which the selection began; null without one. */
  const began = ref<string | null>(null);

  function onChange() {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed) {
      began.value = null;
      return;
    }
    const row = rowOf(selection.anchorNode);
    const key = row && viewport.value?.contains(row) ? (row.dataset["row"] ?? null) : null;
    // The row may have left the page, and the choice with it: then the first word counts.
    const held =
      began.value !== null && !drawn(began.value) && rows.value.some((one) => one.key === began.value);
    if (!held) began.value = key;
  }

  function drawn(key: string): HTMLElement | null {
    const all = viewport.value?.querySelectorAll<HTMLElement>("[data-row]") ?? [];
    return [...all].find((row) => row.dataset["row"] === key) ?? null;
  }

  /** The selected range within a rendered row; null if there is none. */
  function part(row: Row, range: Range): string | null {
    const body = drawn(row.key)?.querySelector(".rich");
    if (!body || !range.intersectsNode(body)) return null;
    const within = document.createRange();
    within.selectNodeContents(body);
    const whole = within.toString();
    if (range.compareBoundaryPoints(Range.START_TO_START, within) > 0)
      within.setStart(range.startContainer, range.startOffset);
    if (range.compareBoundaryPoints(Range.END_TO_END, within) < 0)
      within.setEnd(range.endContainer, range.endOffset);
    // The signs of lists are not in the page: a whole message has them, like those that are not drawn.
    return within.toString() === whole ? said(row) : textOf(within.cloneContents());
  }

  function said(row: Row): string | null {
    if (row.kind !== "message" || row.item.content.kind !== "message") return null;
    return plain(parse(row.item.content.body.text, people()));
  }

  /** The selected text, one message per line; null if the browser can copy it itself. */
  function chosen(): string | null {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
    const range = selection.getRangeAt(0);
    const end = rowOf(selection.focusNode);
    const [from, to] = [began.value, end && viewport.value?.contains(end) ? end.dataset["row"] : undefined];
    if (from === null || to === undefined) return null;
    const places = [from, to].map((key) => rows.value.findIndex((row) => row.key === key));
    const [first = -1, last = -1] = places.sort((a, b) => a - b);
    if (first < 0 || first === last) return null;
    const lines = rows.value.slice(first, last + 1).map((row, at, all) => {
      const edge = at === 0 || at === all.length - 1;
      if (row.kind !== "message") return null;
      return edge && drawn(row.key) ? part(row, range) : said(row);
    });
    return lines
      .filter((line): line is string => line !== null && line !== "")
      .map((line) => line.replace(/\n+$/, ""))
      .join("\n");
  }

  function onCopy(event: ClipboardEvent) {
    const text = chosen();
    if (text === null || !event.clipboardData) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  }

  onMounted(() => document.addEventListener("selectionchange", onChange));
  onBeforeUnmount(() => document.removeEventListener("selectionchange", onChange));
  return { began, onCopy, chosen };
}
