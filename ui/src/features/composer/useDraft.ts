/**
 * Unsent text. It is saved a moment after the last key, and at once when the room changes, the
 * window loses the focus or goes away. What another device saved is taken over while nobody writes
 * here.
 */
import { type Ref, onBeforeUnmount, ref, watch } from "vue";
import type { Room, SpaceId } from "@/generated/bridge";
import { useHoming } from "@/stores/homing";

/** Quick enough to lose a word at most, slow enough not to write at every key. */
const SAVE_MS = 500;

export function useDraft(space: () => SpaceId, room: () => Room): { text: Ref<string>; saveNow: () => void } {
  const homing = useHoming();
  const text = ref(room().draft);
  let saved = room().draft;
  let place = { space: space(), room: room().id };
  let timer: ReturnType<typeof setTimeout> | undefined;

  function saveNow() {
    clearTimeout(timer);
    if (text.value === saved) return;
    const before = saved;
    saved = text.value;
    // Not saved: the next key tries again.
    homing.call("save_draft", { ...place, text: text.value }).catch(() => (saved = before));
  }

  watch(text, () => {
    clearTimeout(timer);
    timer = setTimeout(saveNow, SAVE_MS);
  });
  watch(
    () => room().id,
    () => {
      saveNow();
      place = { space: space(), room: room().id };
      saved = room().draft;
      text.value = room().draft;
    },
  );
  watch(
    () => room().draft,
    (draft) => {
      if (text.value !== saved || draft === saved) return;
      saved = draft;
      text.value = draft;
    },
  );

  const leaving = () => saveNow();
  window.addEventListener("blur", leaving);
  window.addEventListener("pagehide", leaving);
  document.addEventListener("visibilitychange", leaving);
  onBeforeUnmount(() => {
    saveNow();
    window.removeEventListener("blur", leaving);
    window.removeEventListener("pagehide", leaving);
    document.removeEventListener("visibilitychange", leaving);
  });

  return { text, saveNow };
}
