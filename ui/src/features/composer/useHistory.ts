/** Undo and redo in the composer, with a history for each draft. */
import { type Ref, nextTick, watch } from "vue";
import { History, type Moment } from "./history";

/** Histories kept. */
const DRAFTS = 8;

type Box = HTMLTextAreaElement;

/**
 * `text` is what the box shows of what is `written`. `of` returns the key of the text: a room's draft or an
 * edited message.
 */
export function useHistory(text: Ref<string>, written: Ref<string>, box: () => Box | null, of: () => string) {
  const kept = new Map<string, History>();
  let stepping = false;

  function moment(): Moment {
    const input = box();
    // The box does not show a change by the program yet, so the caret goes to the end.
    const now = { text: text.value, written: written.value };
    if (input?.value !== now.text) return { ...now, start: now.text.length, end: now.text.length };
    return { ...now, start: input.selectionStart, end: input.selectionEnd };
  }

  function history(): History {
    const key = of();
    const known = kept.get(key) ?? new History(moment());
    kept.delete(key);
    kept.set(key, known);
    const oldest = kept.keys().next();
    if (kept.size > DRAFTS && !oldest.done) kept.delete(oldest.value);
    return known;
  }

  /** Records the selection before the next key changes the text. */
  function beforeInput() {
    const now = moment();
    if (now.text === history().text) history().moved(now.start, now.end);
  }

  async function step(back: boolean) {
    const to = back ? history().undo() : history().redo();
    if (!to) return;
    stepping = true;
    written.value = to.written;
    stepping = false;
    await nextTick();
    box()?.setSelectionRange(to.start, to.end);
  }

  watch(
    written,
    (now) => {
      if (stepping) return;
      const input = box();
      // Sent, here or on another device: the history is void.
      if (now === "" && input?.value !== "") kept.delete(of());
      history().changed(moment());
    },
    { flush: "sync" },
  );
  history();

  /** Handles undo and redo input events. */
  function onHistory(event: InputEvent) {
    beforeInput();
    if (event.inputType !== "historyUndo" && event.inputType !== "historyRedo") return;
    event.preventDefault();
    void step(event.inputType === "historyUndo");
  }

  return { onHistory, undo: () => step(true), redo: () => step(false) };
}
