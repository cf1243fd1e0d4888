/** The text of the composer as the box shows it: with names in the place of tokens. */
import { type Ref, computed } from "vue";
import type { UserId } from "@/generated/bridge";
import type { Known } from "@/text/token";
import { changed, marked, read } from "./mentionText";

export interface Mentioned {
  at: number;
  /** Everybody in the room if there is none. */
  user: UserId | null;
  name: string;
}

/** `written` is the text as it is kept and sent. */
export function useMentionText(
  written: Ref<string>,
  people: () => Known,
  box: () => HTMLTextAreaElement | null,
) {
  const known = computed(() => read(written.value, people()));

  const text = computed({
    get: () => known.value.text,
    set(next: string) {
      if (next === known.value.text) return;
      const input = box();
      const caret = input?.value === next ? input.selectionStart : null;
      written.value = changed(known.value, next, caret);
    },
  });

  /** Sets what is shown, with a new mention in it. */
  function put(next: string, mention?: Mentioned) {
    const now = changed(known.value, next, null);
    written.value = mention ? marked(now, mention.at, mention.user, mention.name, people()) : now;
  }

  return { text, put };
}
