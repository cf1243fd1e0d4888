/** The emoji that the person used last, and their skin tone. Both stay on this device. */
import { computed } from "vue";
import { useNavigation } from "./navigation";

/** The program remembers no more (`RECENT_EMOJI` in the bridge). */
export const RECENT = 27;

/** The list with an emoji at its front. */
export function withUsed(recent: readonly string[], emoji: string): string[] {
  return [emoji, ...recent.filter((one) => one !== emoji)].slice(0, RECENT);
}

export function useEmojiUse() {
  const navigation = useNavigation();
  return {
    recent: computed(() => navigation.view.emoji.recent),
    /** 0 is the neutral one, then 1 (light) to 5 (dark). */
    tone: computed({
      get: () => navigation.view.emoji.tone,
      set: (tone) => navigation.setEmojiUse({ ...navigation.view.emoji, tone }),
    }),
    used(emoji: string) {
      const { recent, tone } = navigation.view.emoji;
      navigation.setEmojiUse({ recent: withUsed(recent, emoji), tone });
    },
  };
}
