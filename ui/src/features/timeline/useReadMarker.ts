/**
 * The read marker of the open room: what was in view is marked as read, and the unread line stays where
 * it was when the room was opened or the window lost the focus. New messages are announced.
 */
import { type Ref, computed, onBeforeUnmount, ref, watch } from "vue";
import { useI18n } from "vue-i18n";
import { useAnnouncer } from "@/a11y/announcer";
import { useHoming } from "@/stores/homing";
import type { RowPlace } from "@/components/useVirtualRows";
import { lastSeq, seqOf } from "@/stores/log";
import type { SpaceState } from "@/stores/state";
import { useFocusState } from "@/stores/focusState";
import type { Room, Seq } from "@/generated/bridge";
import { kindOf } from "./message/actions";
import type { Row } from "./rows";
import { named } from "@/text/token";

/** A message must be in view for this long: passing through a room does not mark it as read. */
const SEEN_MS = 350;

/** A range of the log without a hole. */
interface SeqRange {
  first: Seq;
  last: Seq;
}

/** The range of the log in view, without the lowest row, which may be cut off. It does not cross a hole. */
export function rangeInView(inView: readonly RowPlace[], rows: readonly Row[]): SeqRange | null {
  const known = new Map(rows.map((row) => [row.key, row]));
  let range = null as SeqRange | null;
  for (const { key } of inView.slice(0, -1)) {
    const row = known.get(key);
    if (row?.kind === "hole" && !row.expired) range = null;
    if (row?.kind !== "message" && row?.kind !== "note") continue;
    const seq = seqOf(row.item);
    if (seq !== null) range = { first: range?.first ?? seq, last: seq };
  }
  return range;
}

export function useReadMarker(space: () => SpaceState, room: () => Room, atEnd: Ref<boolean>) {
  const homing = useHoming();
  const screen = useFocusState();
  const announcer = useAnnouncer();
  const { t } = useI18n();
  const log = computed(() => homing.state.logs.get(room().id) ?? null);
  const newAfter = ref<Seq | null>(room().unread > 0 ? room().read : null);
  const seesEnd = computed(() => atEnd.value && log.value?.loaded === true && !log.value.more_after);

  watch(
    () => room().unread,
    (unread, before) => {
      if (before === 0 && unread > 0 && !(screen.focused && seesEnd.value)) newAfter.value = room().read;
    },
  );

  watch(seesEnd, (sees) => (screen.atEnd = sees), { immediate: true });
  onBeforeUnmount(() => (screen.atEnd = false));

  let timer: ReturnType<typeof setTimeout> | undefined;
  /** How far everything after the read marker was in view without a gap. */
  const readOn = ref<Seq>(0);
  function sees(range: SeqRange | null) {
    if (!range || !screen.focused) return;
    const read = Math.max(room().read, readOn.value);
    if (range.first <= read + 1 && range.last > read) readOn.value = range.last;
  }
  /** The person marked messages as unread, here or on another device: being in view is not reading them. */
  const held = ref(false);
  /** The highest marker that was seen here: one below it says that something is unread again. */
  let highest = room().read;
  watch(
    () => room().read,
    (read, before) => {
      highest = Math.max(highest, before, read);
      held.value = read < highest;
      if (held.value) newAfter.value = readOn.value = read;
    },
  );
  /** The newest message that was seen and is not marked as read yet. */
  const seen = computed(() => {
    if (!screen.focused || !log.value || held.value) return null;
    const seq = seesEnd.value ? lastSeq(log.value) : readOn.value;
    return seq !== null && seq > room().read ? seq : null;
  });
  function forget() {
    clearTimeout(timer);
    timer = undefined;
  }
  function markSeen() {
    timer = undefined;
    const seq = seen.value;
    if (seq === null) return;
    // A failure is repaired by the next message or the next opening of the room.
    homing.call("mark_read", { space: space().space.id, room: room().id, seq }).catch(() => undefined);
  }
  // New messages do not restart the timer: a busy room would never be marked as read.
  watch(
    seen,
    (seq) => {
      if (seq === null) forget();
      else timer ??= setTimeout(markSeen, SEEN_MS);
    },
    { immediate: true },
  );
  onBeforeUnmount(forget);

  watch(
    () => (log.value && !log.value.more_after ? lastSeq(log.value) : null),
    (seq, before) => {
      if (seq === null || before === null || before === undefined || seq <= before) return;
      const item = log.value?.items.findLast((one) => one.place.at === "log");
      if (item?.content.kind !== "message" || item.gone !== null || item.sender === space().space.me) return;
      announcer.say(
        t("timeline.said", {
          name: space().people.get(item.sender)?.name ?? "",
          text: named(item.content.body.text, space().people),
        }),
      );
    },
  );
  watch(
    () => log.value?.items.findLast((item) => item.delivery?.state === "wedged")?.delivery ?? null,
    (delivery, before) => {
      if (delivery?.state === "wedged" && !before)
        announcer.say(t("timeline.failed_said", { reason: t(`delivery.reason.${delivery.reason}`) }), true);
    },
  );
  watch(
    () => log.value?.items.findLast(({ change }) => change?.delivery.state === "wedged")?.change ?? null,
    (change, before) => {
      if (change?.delivery.state !== "wedged" || before?.cid === change.cid) return;
      const reason = t(`delivery.reason.${change.delivery.reason}`);
      announcer.say(t(`message.refused.${kindOf(change)}`, { reason }), true);
    },
  );

  /** The time of the first unread message, if it is loaded. */
  const since = computed(() => {
    const after = newAfter.value;
    if (after === null) return null;
    const first = log.value?.items.find(
      (item) => (seqOf(item) ?? 0) > after && item.sender !== space().space.me,
    );
    return first && log.value?.more_before === true && seqOf(first) !== after + 1
      ? null
      : (first?.ts ?? null);
  });

  return { log, newAfter, seesEnd, sees, since, forgetNew: () => (newAfter.value = null) };
}
