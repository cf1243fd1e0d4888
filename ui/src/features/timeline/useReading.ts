/**
 * What reading a room does: it is opened where one left off, what is seen is marked as read, and the
 * unread line stands where it stood when the room was opened or left.
 */
import { type Ref, computed, onBeforeUnmount, ref, watch } from "vue";
import { useI18n } from "vue-i18n";
import { useAnnouncer } from "@/a11y/announcer";
import { useHoming } from "@/stores/homing";
import { lastSeq } from "@/stores/log";
import type { SpaceState } from "@/stores/state";
import { useScreen } from "@/stores/screen";
import type { Room, Seq } from "@/generated/bridge";

/** Seen for so long before it is told: a glance while walking through rooms is no reading. */
const SEEN_MS = 350;

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
  /** The newest message that is before the person's eyes, if it is not read yet. */
  const seen = computed(() => {
    const seq = seesEnd.value && screen.focused && log.value ? lastSeq(log.value) : null;
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
        t("timeline.said", { name: space().people.get(item.sender)?.name ?? "", text: item.content.text }),
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

  return { log, newAfter, seesEnd, forgetNew: () => (newAfter.value = null) };
}
