/** Sending what was written, or changing what waits. Text that could not be taken comes back. */
import { type Ref, ref } from "vue";
import { useI18n } from "vue-i18n";
import type { Room } from "@/generated/bridge";
import { toFailure } from "@/host/types";
import { useHoming } from "@/stores/homing";
import { useNotices } from "@/stores/notices";
import type { SpaceState } from "@/stores/state";
import { useNavigation } from "@/stores/view";
import { namedIn } from "./completion";

/** Somebody writes is told at most so often (the protocol's figure). */
const TYPING_MS = 3000;
/** The largest body of an event, less its frame of JSON (the protocol's limit). */
export const LONGEST = 64 * 1024 - 512;

export function useSending(
  space: () => SpaceState,
  room: () => Room,
  text: Ref<string>,
  saveNow: () => void,
) {
  const homing = useHoming();
  const notices = useNotices();
  const navigation = useNavigation();
  const { t } = useI18n();
  /** What was being written when a change of a waiting message began. */
  const put = ref("");
  let told = 0;

  function excess(): number {
    return Math.max(0, new TextEncoder().encode(text.value).length - LONGEST);
  }

  /** Answers whether something was sent. An empty text is refused without a word. */
  async function send(): Promise<boolean> {
    const written = text.value;
    if (written.trim() === "" || excess() > 0) return false;
    const place = { space: space().space.id, room: room().id };
    const { editing } = navigation.view;
    navigation.view.editing = null;
    text.value = editing ? put.value : "";
    put.value = "";
    told = 0;
    try {
      if (editing)
        await homing.call("edit_queued", {
          space: place.space,
          cid: editing.cid,
          text: written,
          mentions: namedIn(written, space().people.values()),
        });
      else
        await homing.call("send_message", {
          ...place,
          text: written,
          mentions: namedIn(written, space().people.values()),
        });
      // Only now: had the program died before, the draft would still hold the text.
      saveNow();
      return true;
    } catch (thrown) {
      const failure = toFailure(thrown);
      // Sent meanwhile, so the change is a new message if the person wants one.
      if (place.room === room().id)
        text.value = text.value.trim() === "" ? written : `${written}\n${text.value}`;
      else await homing.call("save_draft", { ...place, text: written }).catch(() => undefined);
      notices.say(
        t(`fail.${failure.code}`, { why: "", seconds: Math.ceil((failure.retry_after_ms ?? 1000) / 1000) }),
        "bad",
      );
      return false;
    }
  }

  function beginEdit(queued: string) {
    put.value = text.value;
    text.value = queued;
  }

  function stopEdit() {
    navigation.view.editing = null;
    text.value = put.value;
    put.value = "";
  }

  function tellTyping() {
    if (text.value.trim() === "" || navigation.view.editing || Date.now() - told < TYPING_MS) return;
    told = Date.now();
    // Lossy by nature.
    homing.call("typing", { space: space().space.id, room: room().id }).catch(() => undefined);
  }

  return { send, beginEdit, stopEdit, tellTyping, excess };
}
