/**
 * What reading a room does: it is opened where one left off, what is seen is marked as read, and the
 * unread line stands where it stood when the room was opened or left.
 */
import { type Ref, computed, onBeforeUnmount, ref, watch } from "vue";
import { useI18n } from "vue-i18n";
import { useAnnouncer } from "@/a11y/announcer";
import { useHoming } from "@/stores/homing";
import type { RowPlace } from "@/components/useVirtualRows";
import { lastSeq, seqOf } from "@/stores/log";
import type { SpaceState } from "@/stores/state";
import { useScreen } from "@/stores/screen";
import type { Room, Seq } from "@/generated/bridge";
import type { Row } from "./rows";

/** Seen for so long before it is told: a glance while walking through rooms is no reading. */
const SEEN_MS = 350;

/** A stretch of the log that is wholly in view. */
interface Stretch {
  first: Seq;
  last: Seq;
}

/** What of the log is in view, but for the lowest row, which may be cut. Nothing across a hole. */
export function newestRead(inView: readonly RowPlace[], rows: readonly Row[]): Stretch | null {
  const known = new Map(rows.map((row) => [row.key, row]));
  let stretch = null as Stretch | null;
  for (const { key } of inView.slice(0, -1)) {
    const row = known.get(key);
    if (row?.kind === "hole" && !row.expired) stretch = null;
    if (row?.kind !== "message" && row?.kind !== "note") continue;
    const seq = seqOf(row.item);
    if (seq !== null) stretch = { first: stretch?.first ?? seq, last: seq };
  }
  return stretch;
}

export function useReading(space: () => SpaceState, room: () => Room, atEnd: Ref<boolean>) {
  const homing = useHoming();
  const screen = useScreen();
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
  /** How far one has read on from where one left off, without leaving anything out. */
  const readOn = ref<Seq>(0);
  function sees(stretch: Stretch | null) {
    if (!stretch || !screen.focused) return;
    const read = Math.max(room().read, readOn.value);
    if (stretch.first <= read + 1 && stretch.last > read) readOn.value = stretch.last;
  }
  /** The newest message that was before the person's eyes, if it is not read yet. */
  const seen = computed(() => {
    if (!screen.focused || !log.value) return null;
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
    // What could not be marked now is marked with the next message, or at the next opening.
    homing.call("mark_read", { space: space().space.id, room: room().id, seq }).catch(() => undefined);
  }
  // Those that come meanwhile do not put it off: a room in which one always comes would never be read.
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
      if (item?.content.kind !== "message" || item.sender === space().space.me) return;
      announcer.say(
        t("timeline.said", {
          name: space().people.get(item.sender)?.name ?? "",
          text: item.content.body.text,
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

  /** When the first of what is new was said, if that is held. */
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
