/** Emoji in the composer: suggestions after `:`, closed codes, and what the picker picked. */
import type { Ref } from "vue";
import { useI18n } from "vue-i18n";
import { searchEmoji } from "@/emoji/search";
import { toned, useEmojiSet } from "@/emoji/table";
import type { Locale } from "@/i18n";
import { useEmojiUse } from "@/stores/emojiUse";
import { closedCodeAt, emojiQueryAt } from "./emojiCompletion";
import type { Source } from "./useSuggestions";

/** As many as people are suggested. */
const OFFERED = 6;

export function useEmojiInput(text: Ref<string>, box: () => HTMLTextAreaElement | null) {
  const { locale } = useI18n();
  const { recent, tone, used } = useEmojiUse();

  const source: Source = {
    queryAt: emojiQueryAt,
    offer(part) {
      // Loaded when the first one is asked for.
      const set = useEmojiSet().value;
      if (!set) return [];
      const language = locale.value as Locale;
      const found = searchEmoji(set, part, language, recent.value).slice(0, OFFERED);
      return found.map((emoji) => ({
        kind: "emoji",
        inserted: toned(emoji, tone.value),
        name: emoji.words[language].name,
        code: `:${emoji.codes[0] ?? ""}:`,
      }));
    },
  };

  /** The text with an emoji in the place of the code that this input closed; null if it did not close one. */
  function closed(event: InputEvent): { text: string; caret: number } | null {
    const caret = box()?.selectionStart ?? 0;
    const set = useEmojiSet().value;
    const written = event.data === ":" && !event.isComposing;
    const found = written && set ? closedCodeAt(text.value, caret, set) : null;
    if (!found) return null;
    const emoji = toned(found.emoji, tone.value);
    used(emoji);
    const before = text.value.slice(0, found.at) + emoji;
    return { text: before + text.value.slice(caret), caret: before.length };
  }

  /** The text with an emoji in the place of the selection. */
  function inserted(emoji: string): { text: string; caret: number } {
    const input = box();
    const before = text.value.slice(0, input?.selectionStart) + emoji;
    return { text: before + text.value.slice(input?.selectionEnd ?? before.length), caret: before.length };
  }

  return { source, closed, inserted, used };
}
