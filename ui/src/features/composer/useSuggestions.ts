/**
 * Suggestions at the caret of the composer: people after `@`, emoji after `:`. One list, one set of keys,
 * and a source for each sign.
 */
import { type Ref, computed, nextTick, ref } from "vue";
import type { Person } from "@/generated/bridge";
import { type Query, complete } from "./completion";
import type { Mentioned } from "./useMentionText";

/** `inserted` takes the place of what was typed. */
export type Suggestion = { inserted: string } & (
  { kind: "person"; person: Person } | { kind: "room" } | { kind: "emoji"; name: string; code: string }
);

export interface Source {
  queryAt(text: string, caret: number): Query | null;
  /** The best first. */
  offer(part: string): Suggestion[];
}

export function useSuggestions(
  text: Ref<string>,
  box: () => HTMLTextAreaElement | null,
  sources: Source[],
  onTaken: (suggestion: Suggestion) => void,
  write: (text: string, mention?: Mentioned) => void,
) {
  const caret = ref(0);
  const chosen = ref(0);
  /** The suggestions were dismissed for the sign at this place. */
  const closedAt = ref(-1);
  /** An input method composes at the caret: what stands there is not written yet. */
  const composing = ref(false);

  /** What is asked nearest to the caret. */
  const asked = computed(() => {
    const all = sources.flatMap((source) => {
      const query = source.queryAt(text.value, caret.value);
      return query ? [{ source, query }] : [];
    });
    return all.sort((a, b) => b.query.at - a.query.at)[0] ?? null;
  });
  const offered = computed(() => {
    if (composing.value || !asked.value || asked.value.query.at === closedAt.value) return [];
    return asked.value.source.offer(asked.value.query.part);
  });

  function readCaret() {
    caret.value = box()?.selectionStart ?? 0;
  }

  function onInput() {
    readCaret();
    chosen.value = 0;
    if (!asked.value) closedAt.value = -1;
  }

  /** Sets the text and the caret, and goes there unless the focus is wanted elsewhere. */
  async function put(done: { text: string; caret: number }, focus = true, mention?: Mentioned) {
    write(done.text, mention);
    await nextTick();
    box()?.setSelectionRange(done.caret, done.caret);
    if (focus) box()?.focus();
    readCaret();
  }

  function take(suggestion: Suggestion) {
    if (!asked.value) return;
    onTaken(suggestion);
    const { query } = asked.value;
    const mention =
      suggestion.kind === "emoji"
        ? undefined
        : {
            at: query.at,
            user: suggestion.kind === "person" ? suggestion.person.id : null,
            name: suggestion.inserted.slice(1),
          };
    void put(complete(text.value, caret.value, query, suggestion.inserted), true, mention);
  }

  /** Returns whether the key was for the suggestions. */
  function onKey(event: KeyboardEvent): boolean {
    const all = offered.value;
    const suggestion = all[chosen.value];
    if (!suggestion) return false;
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by !== 0) chosen.value = (chosen.value + by + all.length) % all.length;
    else if (!event.shiftKey && (event.key === "Enter" || event.key === "Tab")) take(suggestion);
    else if (event.key === "Escape") {
      closedAt.value = asked.value?.query.at ?? -1;
      event.stopPropagation();
      return true;
    } else return false;
    event.preventDefault();
    return true;
  }

  return { offered, chosen, caret, composing, readCaret, onInput, onKey, take, put };
}
