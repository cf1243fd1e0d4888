/**
 * Unsent text. It is saved a moment after the last key, and at once when the room changes, the
 * window loses the focus or goes away. What another device saved is taken over where nothing stands
 * here or nobody is at it; a text under a caret is never replaced, and the other one is offered.
 *
 * While a message that waits is changed, the draft lies aside: it is what is saved, and it comes back
 * however the change ends.
 *
 * What an input method composes stands in the box and not here yet: whatever would take its place waits
 * for its end, and is decided by what stands there then.
 */
import { type ComputedRef, type Ref, computed, onBeforeUnmount, ref, watch } from "vue";
import type { Room, RoomId, SpaceId } from "@/generated/bridge";
import { afterComposition } from "@/input/inputMethod";
import { useHoming } from "@/stores/homing";
import { useNavigation } from "@/stores/navigation";

/** Quick enough to lose a word at most, slow enough not to write at every key. */
const SAVE_MS = 500;
/** Own saves that may still come back as the room's draft. */
const UNDERWAY = 20;

interface Save {
  text: string;
  failed: boolean;
}

/** Saves of each room that the program has not shown yet: who comes back to a room sees them first. */
const openSaves = new WeakMap<object, Map<RoomId, Save[]>>();

function savesOf(homing: object): Map<RoomId, Save[]> {
  const saves = openSaves.get(homing) ?? new Map<RoomId, Save[]>();
  openSaves.set(homing, saves);
  return saves;
}

export interface Draft {
  /** What stands in the composer. */
  text: Ref<string>;
  /** What another device wrote meanwhile, to be used or left; empty if nothing. */
  other: ComputedRef<string>;
  useOther: () => void;
  keepMine: () => void;
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

/** No message can hold U+0000, and it can't be seen. */
const holdable = (text: string) => text.replaceAll("\0", "");

export function useDraft(
  space: () => SpaceId,
  room: () => Room,
  box: () => HTMLTextAreaElement | null,
): Draft {
  const homing = useHoming();
  const { view } = useNavigation();
  const saves = savesOf(homing);
  const written = ref("");
  // Whatever comes in, by paste or from another device.
  const text = computed({ get: () => holdable(written.value), set: (now) => (written.value = now) });
  /** The draft while a waiting message is changed in its place. */
  const aside = ref<string | null>(null);
  /** The draft as it stands in the program, where it was kept from what stands under the caret. */
  const heldBack = ref("");
  const draft = () => aside.value ?? text.value;
  const other = computed(
    () => [room().other_draft, heldBack.value].find((one) => one !== "" && one !== draft()) ?? "",
  );
  /** The draft that the person has seen last: what was saved or taken over. */
  let saved = "";
  /** What the program held last. While it stays so, whatever else of the room changes is no news. */
  let held = { draft: "", other: "" };
  let underWay: string[] = [];
  let place: Place = { space: space(), room: room().id };
  let shown = true;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function saveNow() {
    clearTimeout(timer);
    const now = draft();
    if (now !== saved) save(now, saved);
  }

  function save(now: string, seen: string) {
    const before = saved;
    const { room: id } = place;
    const one = { text: now, failed: false };
    saved = now;
    underWay = [...underWay, now].slice(-UNDERWAY);
    saves.set(id, [...(saves.get(id) ?? []), one]);
    homing.call("save_draft", { ...place, text: now, seen }).then(
      // The program answers a moment before it shows it.
      () => setTimeout(() => shownNow(id, one), SAVE_MS),
      () => {
        one.failed = true;
        // The next key tries again.
        if (place.room === id && saved === now) saved = before;
      },
    );
  }

  /** The program shows this save, and with it all before it. */
  function shownNow(id: RoomId, one: Save) {
    const open = saves.get(id) ?? [];
    const rest = open.slice(open.indexOf(one) + 1);
    if (rest.length > 0) saves.set(id, rest);
    else saves.delete(id);
  }

  /** Shows a room's draft. What was saved here a moment ago is newer than what the program shows. */
  function enter() {
    place = { space: space(), room: room().id };
    aside.value = null;
    heldBack.value = "";
    const there = room().draft;
    const open = saves.get(place.room) ?? [];
    const rest = open.slice(open.findLastIndex(({ text }) => text === there) + 1);
    const last = rest.at(-1);
    underWay = last ? [there, ...rest.map(({ text }) => text)] : [];
    text.value = last?.text ?? there;
    saved = last?.failed ? there : text.value;
    held = { draft: there, other: room().other_draft };
  }

  function put(now: string) {
    if (aside.value === null) text.value = now;
    else aside.value = holdable(now);
  }

  function useOther() {
    // What stood there when they chose: it may be gone by the end of what is composed.
    const seen = other.value;
    afterComposition(() => {
      heldBack.value = "";
      put(seen);
      save(draft(), seen);
    });
  }

  function keepMine() {
    const seen = other.value;
    heldBack.value = "";
    save(draft(), seen);
  }

  /** Words stand in the box and the caret in them, or what an input method composes stands there. */
  function underCaret(): boolean {
    const input = box();
    if (!input || aside.value !== null) return false;
    const here = input === document.activeElement && document.hasFocus();
    return input.value !== text.value || (here && text.value !== "");
  }

  /**
   * Whether the draft that the program has by now may not take the place of what stands here. An end
   * may, unless the program itself is not sure that it was about this text, and keeps it.
   */
  function stays(now: string): boolean {
    if (now === draft()) return false;
    return draft() !== saved || ((now !== "" || room().other_draft === draft()) && underCaret());
  }

  /** The program has another draft than before. */
  function came() {
    const { draft: now, other_draft: beside } = room();
    if (room().id !== place.room || !shown) return;
    const [same, alone] = [now === held.draft, beside === held.other];
    held = { draft: now, other: beside };
    // A save of ours is on its way to it: this is what was before.
    if (same && (alone || (underWay.length > 0 && saves.has(place.room)))) return;
    const own = underWay.indexOf(now);
    if (now === saved || own >= 0) {
      underWay = underWay.slice(own + 1);
      heldBack.value = "";
      return;
    }
    heldBack.value = stays(now) ? now : "";
    if (stays(now)) return;
    saved = now;
    underWay = [];
    if (now !== draft()) put(now);
  }

  function endEdit(kept = "") {
    const { editing } = view;
    afterComposition(() => {
      if (view.editing !== editing) return;
      view.editing = null;
      if (aside.value === null) return;
      text.value = joined(kept, aside.value);
      aside.value = null;
    });
  }

  async function takeBack(from: Place, unsent: string) {
    await new Promise<void>(afterComposition);
    if (shown && from.room === place.room) return put(joined(unsent, draft()));
    const there = homing.state.spaces.get(from.space)?.rooms.get(from.room)?.draft ?? "";
    // It may be its room's draft still.
    const back = there === unsent ? unsent : joined(unsent, there);
    await homing.call("save_draft", { ...from, text: back, seen: there }).catch(() => undefined);
  }

  watch([text, aside], () => {
    clearTimeout(timer);
    timer = setTimeout(saveNow, SAVE_MS);
  });
  enter();
  // One watcher for both: a change may begin together with the opening of its room.
  watch(
    [() => room().id, () => view.editing] as const,
    ([id, editing]) => {
      if (id !== place.room) {
        saveNow();
        enter();
      }
      if (!editing) return endEdit();
      aside.value ??= text.value;
      text.value = editing.text;
    },
    { immediate: true },
  );
  watch(
    [() => room().id, () => room().draft, () => room().other_draft] as const,
    // What is only offered need not wait.
    ([, now]) => (stays(now) ? came() : afterComposition(came)),
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

  return { text, other, useOther, keepMine, saveNow, endEdit, takeBack };
}
