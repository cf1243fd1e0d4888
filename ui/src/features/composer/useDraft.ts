/**
 * Unsent text. It is saved a moment after the last key, and at once when the room changes, the
 * window loses the focus or goes away. What another device saved is taken over while nobody writes
 * here.
 *
 * While a message that waits is changed, the draft lies aside: it is what is saved, and it comes back
 * however the change ends.
 */
import { type Ref, computed, onBeforeUnmount, ref, watch } from "vue";
import type { Room, RoomId, SpaceId } from "@/generated/bridge";
import { useHoming } from "@/stores/homing";
import { useNavigation } from "@/stores/view";

/** Quick enough to lose a word at most, slow enough not to write at every key. */
const SAVE_MS = 500;

export interface Draft {
  /** What stands in the composer. */
  text: Ref<string>;
  saveNow: () => void;
  /** Ends the change of a waiting message. `kept` is put before the draft. */
  endEdit: (kept?: string) => void;
  /** Takes text back that could not be sent, into the draft of its room, wherever the person is now. */
  takeBack: (from: Place, unsent: string) => Promise<void>;
}

export interface Place {
  space: SpaceId;
  room: RoomId;
}

/** Text that was not sent, before what was written since. */
function joined(first: string, then: string): string {
  if (first.trim() === "") return then;
  return then.trim() === "" ? first : `${first}\n${then}`;
}

export function useDraft(space: () => SpaceId, room: () => Room): Draft {
  const homing = useHoming();
  const { view } = useNavigation();
  const written = ref(room().draft);
  // Whatever comes in, by paste or from another device: no message can hold U+0000, and it can't be seen.
  const text = computed({
    get: () => written.value.replaceAll("\0", ""),
    set: (now) => (written.value = now),
  });
  /** The draft while a waiting message is changed in its place. */
  const aside = ref<string | null>(null);
  let saved = room().draft;
  let place: Place = { space: space(), room: room().id };
  let shown = true;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const draft = () => aside.value ?? text.value;

  function saveNow() {
    clearTimeout(timer);
    const now = draft();
    if (now === saved) return;
    const before = saved;
    saved = now;
    // Not saved: the next key tries again.
    homing.call("save_draft", { ...place, text: now }).catch(() => (saved = before));
  }

  function endEdit(kept = "") {
    view.editing = null;
    if (aside.value === null) return;
    text.value = joined(kept, aside.value);
    aside.value = null;
  }

  async function takeBack(from: Place, unsent: string) {
    const put = aside.value === null ? text : aside;
    if (shown && from.room === place.room) {
      put.value = joined(unsent, draft());
      return;
    }
    const there = homing.state.spaces.get(from.space)?.rooms.get(from.room)?.draft ?? "";
    // It may be its room's draft still.
    const back = there === unsent ? unsent : joined(unsent, there);
    await homing.call("save_draft", { ...from, text: back }).catch(() => undefined);
  }

  watch([text, aside], () => {
    clearTimeout(timer);
    timer = setTimeout(saveNow, SAVE_MS);
  });
  // One watcher for both: a change may begin together with the opening of its room.
  watch(
    [() => room().id, () => view.editing] as const,
    ([id, editing]) => {
      if (id !== place.room) {
        saveNow();
        place = { space: space(), room: id };
        aside.value = null;
        saved = room().draft;
        text.value = room().draft;
      }
      if (!editing) return endEdit();
      aside.value ??= text.value;
      text.value = editing.text;
    },
    { immediate: true },
  );
  watch(
    () => room().draft,
    (other) => {
      if (draft() !== saved || other === saved) return;
      saved = other;
      if (aside.value === null) text.value = other;
      else aside.value = other;
    },
  );

  const leaving = () => saveNow();
  window.addEventListener("blur", leaving);
  window.addEventListener("pagehide", leaving);
  document.addEventListener("visibilitychange", leaving);
  onBeforeUnmount(() => {
    saveNow();
    shown = false;
    view.editing = null;
    window.removeEventListener("blur", leaving);
    window.removeEventListener("pagehide", leaving);
    document.removeEventListener("visibilitychange", leaving);
  });

  return { text, saveNow, endEdit, takeBack };
}
