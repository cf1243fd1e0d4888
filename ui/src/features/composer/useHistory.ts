/** Undo and redo in the composer, each draft with its own, whoever changed its text. */
import { type Ref, nextTick, watch } from "vue";
import { History, type Moment } from "./history";

/** Drafts whose steps are kept while others are written. */
const DRAFTS = 8;

type Box = HTMLTextAreaElement;

/** `of` names what is written: a room's draft, a message that is changed. */
export function useHistory(text: Ref<string>, box: () => Box | null, of: () => string) {
  const kept = new Map<string, History>();
  let stepping = false;

  function moment(): Moment {
    const input = box();
    // What the program put there is not in the box yet: whoever writes on does so at its end.
    if (!input || input.value !== text.value) return at(text.value, text.value.length);
    return { text: text.value, start: input.selectionStart, end: input.selectionEnd };
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

  /** What the person chose before the next key changes it. */
  function beforeInput() {
    const now = moment();
    if (now.text === history().text) history().moved(now.start, now.end);
  }

  async function step(back: boolean) {
    const to = back ? history().undo() : history().redo();
    if (!to) return;
    stepping = true;
    text.value = to.text;
    stepping = false;
    await nextTick();
    box()?.setSelectionRange(to.start, to.end);
  }

  watch(
    text,
    (now) => {
      if (stepping) return;
      const input = box();
      // Sent, here or elsewhere: there is nothing to go back to.
      if (now === "" && input?.value !== "") kept.delete(of());
      history().changed(moment());
    },
    { flush: "sync" },
  );
  history();

  /** Whether the event asks for a step, which is then made. */
  function onHistory(event: InputEvent) {
    beforeInput();
    if (event.inputType !== "historyUndo" && event.inputType !== "historyRedo") return;
    event.preventDefault();
    void step(event.inputType === "historyUndo");
  }

  return { onHistory, undo: () => step(true), redo: () => step(false) };
}

const at = (text: string, caret: number): Moment => ({ text, start: caret, end: caret });
