/** Marks rooms as read, and offers to take it back. */
import { useI18n } from "vue-i18n";
import type { Room, SpaceId } from "@/generated/bridge";
import { useHoming } from "./homing";
import { useNoticeOnFailure } from "./noticeOnFailure";
import { useNotices } from "./notices";

export function useMarkRead() {
  const homing = useHoming();
  const notices = useNotices();
  const ask = useNoticeOnFailure();
  const { t } = useI18n();

  /** Marks rooms as read up to their end, and says so in these words. Those without unread messages stay. */
  return async function markRead(space: SpaceId, rooms: Room[], words: string) {
    const marked = rooms
      .filter(({ unread }) => unread > 0)
      .map(({ id, read, head }) => ({ room: id, seq: head, from: read + 1 }));
    for (const { room, seq } of marked)
      if (!(await ask(() => homing.call("mark_read", { space, room, seq })))) return;
    if (marked.length === 0) {
      notices.say(words);
      return;
    }
    const undo = async () => {
      for (const { room, from: seq } of marked)
        if (!(await ask(() => homing.call("mark_unread", { space, room, seq })))) return;
    };
    notices.offer(words, { words: t("common.undo"), run: () => void undo() });
  };
}
