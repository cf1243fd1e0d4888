/** Loads the log of a room, and goes to where it is opened, or to a message that is asked for. */
import { type Ref, nextTick, onBeforeUnmount, onMounted, ref, watch } from "vue";
import type { Failure, MessageRef, RoomId, Seq, SpaceId } from "@/generated/bridge";
import { toFailure } from "@/host/types";
import { useHoming } from "@/stores/homing";
import { useNavigation } from "@/stores/navigation";
import { useNoticeOnFailure } from "@/stores/noticeOnFailure";
import { anchorIn, openingPoint } from "./anchor";

/** Where a row stands that was jumped to, in pixels below the upper edge. */
const OFFSET = 120;
/** How long it is highlighted: as long as the animation in TimelineView. */
const MARKED_MS = 2000;

interface Timeline {
  place: () => { space: SpaceId; room: RoomId };
  viewport: Ref<HTMLElement | null>;
  atEnd: Ref<boolean>;
  /** Set when the initial scroll position is. */
  placed: Ref<boolean>;
  /** The unread line is after this. */
  newAfter: Ref<Seq | null>;
  toRow(key: string, offset: number): boolean;
  toEnd(): void;
  focus(key: string): void;
}

export function useOpening({ place, viewport, atEnd, placed, newAfter, toRow, toEnd, focus }: Timeline) {
  const homing = useHoming();
  const navigation = useNavigation();
  const ask = useNoticeOnFailure();
  const failure = ref<Failure | null>(null);
  /** The row that was jumped to, highlighted for a moment. */
  const marked = ref<string | null>(null);
  const log = () => homing.state.logs.get(place().room);

  async function attempt(read: () => Promise<void>) {
    try {
      failure.value = null;
      await read();
    } catch (thrown) {
      failure.value = toFailure(thrown);
    }
  }

  async function reach(edge: "before" | "after") {
    const held = log();
    const { space, room } = place();
    if (!held?.loaded || failure.value || !placed.value) return;
    if (edge === "before" && held.more_before) await attempt(() => homing.logs.before(space, room));
    if (edge === "after" && held.more_after) {
      atEnd.value = false;
      await attempt(() => homing.logs.after(space, room));
    }
  }

  /** The saved scroll position of this room. A requested row takes precedence. */
  const { target, sought } = navigation.view;
  let anchor = target === null && sought === null ? anchorIn(navigation.view, place().room) : null;

  async function open() {
    const { space, room } = place();
    const held = homing.logs.of(room);
    // A requested row may be in another part of the log.
    const ahead = homing.logs.wasOpenedAhead(room) && navigation.view.target === null;
    if (!held.loaded || held.stale || (held.more_after && !ahead))
      await attempt(() => homing.logs.open(space, room, openingPoint(anchor)));
    await nextTick();
    placed.value = true;
    const back = anchor !== null && toRow(anchor.key, anchor.offset);
    anchor = null;
    if (!bringTarget() && !back) {
      const third = (viewport.value?.clientHeight ?? 600) / 3;
      if (newAfter.value === null || !toRow("new", third)) toEnd();
    }
    await seek();
  }

  let fades: ReturnType<typeof setTimeout> | undefined;
  async function mark(key: string) {
    clearTimeout(fades);
    marked.value = null;
    // The same row is highlighted from the beginning.
    await nextTick();
    marked.value = key;
    fades = setTimeout(() => (marked.value = null), MARKED_MS);
  }
  onBeforeUnmount(() => clearTimeout(fades));

  /** Scrolls to the requested row. Returns whether there was a request. */
  function bringTarget(): boolean {
    const { target } = navigation.view;
    if (target === null || !toRow(target, OFFSET)) return false;
    navigation.view.target = null;
    void mark(target);
    return true;
  }

  /** Scrolls to a message, which may be in another part of the log, and gives it the focus. */
  async function toMessage(to: MessageRef) {
    const { space, room } = place();
    if (!toRow(to.cid, OFFSET)) {
      if (!(await ask(() => homing.logs.open(space, room, { around: to })))) return;
      await nextTick();
      toRow(to.cid, OFFSET);
    }
    await mark(to.cid);
    focus(to.cid);
  }

  /** Goes to the message that a link named. */
  async function seek() {
    const { sought } = navigation.view;
    if (sought === null || !placed.value) return;
    navigation.view.sought = null;
    await toMessage(sought);
  }

  onMounted(open);
  watch(
    () => log()?.stale,
    (stale) => {
      const { space, room } = place();
      if (stale) void attempt(() => homing.logs.again(space, room));
    },
  );
  watch(() => navigation.view.target, bringTarget);
  watch(() => navigation.view.sought, seek);

  return { failure, marked, open, reach, attempt, toMessage };
}
