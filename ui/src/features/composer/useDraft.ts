/**
 * The draft of a room. It is saved shortly after the last key, and at once when the room changes, the
 * window loses the focus or closes. A draft from another device replaces the text if it is empty or
 * nobody is editing it. Text with the caret in it is never replaced; the other draft is offered.
 *
 * While a message is edited, the draft is set aside. It is still what is saved, and comes back
 * when editing ends.
 *
 * Text of an unfinished composition is in the box but not in this state yet. A change that would replace
 * it waits for the end of the composition and then decides again.
 */
import { type ComputedRef, type Ref, computed, onBeforeUnmount, ref, watch } from "vue";
import type { Room, RoomId, SpaceId } from "@/generated/bridge";
import { afterComposition } from "@/input/inputMethod";
import { useHoming } from "@/stores/homing";
import { useNavigation } from "@/stores/navigation";

/** Short enough to lose at most a word, long enough not to save on every key. */
const SAVE_MS = 500;
/** Own saves that may still be echoed as the room's draft. */
const UNDERWAY = 20;

interface Save {
  text: string;
  failed: boolean;
}

/** Saves of each room that no push has confirmed yet. They are newer than the state. */
const openSaves = new WeakMap<object, Map<RoomId, Save[]>>();

function savesOf(homing: object): Map<RoomId, Save[]> {
  const saves = openSaves.get(homing) ?? new Map<RoomId, Save[]>();
  openSaves.set(homing, saves);
  return saves;
}

export interface Draft {
  /** The text in the composer, as it is sent. */
  text: Ref<string>;
  /** The draft of another device that is offered; empty if there is none. */
  other: ComputedRef<string>;
  useOther: () => void;
  keepMine: () => void;
  saveNow: () => void;
  /** Ends editing a message. `kept` is put before the draft. */
  endEdit: (kept?: string) => void;
  /** Puts text that could not be sent back into the draft of its room, whichever room is open now. */
  takeBack: (from: Place, unsent: string) => Promise<void>;
}

export interface Place {
  space: SpaceId;
  room: RoomId;
}

/** Joins unsent text with what was written since. */
function joined(first: string, then: string): string {
  if (first.trim() === "") return then;
  return then.trim() === "" ? first : `${first}\n${then}`;
}

/** U+0000 is invisible and not allowed in a message. */
const holdable = (text: string) => text.replaceAll("\0", "");

/** `shown` is what the box shows of a text. */
export function useDraft(
  space: () => SpaceId,
  room: () => Room,
  box: () => HTMLTextAreaElement | null,
  shown: (text: string) => string,
): Draft {
  const homing = useHoming();
  const { view } = useNavigation();
  const saves = savesOf(homing);
  const written = ref("");
  // It can come from a paste or another device.
  const text = computed({ get: () => holdable(written.value), set: (now) => (written.value = now) });
  /** The draft while a message is edited in its place. */
  const aside = ref<string | null>(null);
  /** A draft of the program that must not replace the text with the caret. */
  const heldBack = ref("");
  const draft = () => aside.value ?? text.value;
  const other = computed(
    () => [room().other_draft, heldBack.value].find((one) => one !== "" && one !== draft()) ?? "",
  );
  /** The draft that was last visible: saved or taken over. */
  let saved = "";
  /** The last draft of the program, to ignore changes to the rest of the room. */
  let held = { draft: "", other: "" };
  let underWay: string[] = [];
  let place: Place = { space: space(), room: room().id };
  let mounted = true;
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
      // The answer comes before the push.
      () => setTimeout(() => shownNow(id, one), SAVE_MS),
      () => {
        one.failed = true;
        // The next key saves again.
        if (place.room === id && saved === now) saved = before;
      },
    );
  }

  /** A push confirmed this save and all before it. */
  function shownNow(id: RoomId, one: Save) {
    const open = saves.get(id) ?? [];
    const rest = open.slice(open.indexOf(one) + 1);
    if (rest.length > 0) saves.set(id, rest);
    else saves.delete(id);
  }

  /** Shows the draft of a room. An unconfirmed save is newer than the state. */
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
    return input.value !== shown(text.value) || (here && text.value !== "");
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
    if (room().id !== place.room || !mounted) return;
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
    if (mounted && from.room === place.room) return put(joined(unsent, draft()));
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
    mounted = false;
    view.editing = null;
    window.removeEventListener("blur", leaving);
    window.removeEventListener("pagehide", leaving);
    document.removeEventListener("visibilitychange", leaving);
  });

  return { text, other, useOther, keepMine, saveNow, endEdit, takeBack };
}
