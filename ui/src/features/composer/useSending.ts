/** Sending what was written, or changing what waits. Text that could not be taken comes back. */
import { watch } from "vue";
import { useI18n } from "vue-i18n";
import type { Room } from "@/generated/bridge";
import { toFailure } from "@/host/types";
import { afterComposition } from "@/input/inputMethod";
import { useHoming } from "@/stores/homing";
import { useNotices } from "@/stores/notices";
import type { SpaceState } from "@/stores/state";
import { useNavigation } from "@/stores/navigation";
import { isVisible } from "@/text/visible";
import { namedIn } from "./completion";
import type { Draft } from "./useDraft";

/** Somebody writes is told at most so often (the protocol's figure). */
const TYPING_MS = 3000;
/** The largest body of an event, less its frame of JSON (the protocol's limit). */
export const LONGEST = 64 * 1024 - 512;

export function useSending(
  space: () => SpaceState,
  room: () => Room,
  { text, saveNow, endEdit, takeBack }: Draft,
) {
  const homing = useHoming();
  const notices = useNotices();
  const navigation = useNavigation();
  const { t } = useI18n();
  let told = 0;

  /** How many characters at its end are too many. The limit is one of bytes, which nobody counts. */
  function excess(): number {
    const encoder = new TextEncoder();
    let over = encoder.encode(text.value).length - LONGEST;
    let end = text.value.length;
    let characters = 0;
    for (; over > 0; characters++) {
      const wide = /[\udc00-\udfff]/.test(text.value.charAt(end - 1)) ? 2 : 1;
      over -= encoder.encode(text.value.slice(end - wide, end)).length;
      end -= wide;
    }
    return characters;
  }

  /** Answers whether something was sent. An empty text is refused without a word. */
  async function send(): Promise<boolean> {
    const written = text.value;
    if (!isVisible(written) || excess() > 0) return false;
    const place = { space: space().space.id, room: room().id };
    const { editing } = navigation.view;
    if (editing) endEdit();
    else text.value = "";
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
      await takeBack(place, written);
      notices.say(
        t(`fail.${failure.code}`, { why: "", seconds: Math.ceil((failure.retry_after_ms ?? 1000) / 1000) }),
        "bad",
      );
      return false;
    }
  }

  /** How the message that is changed stands. Only a window at the end of the log must hold it. */
  function fate(): "waits" | "sent" | "gone" {
    const { editing } = navigation.view;
    const log = homing.state.logs.get(room().id);
    if (!editing || !log?.loaded) return "waits";
    const row = log.items.find(({ key }) => key === editing.cid);
    if (row) return row.place.at === "log" ? "sent" : "waits";
    return log.stale || log.more_after ? "waits" : "gone";
  }

  watch(fate, (now) => {
    const { editing } = navigation.view;
    if (!editing || now === "waits") return;
    if (now === "gone") return endEdit();
    afterComposition(() => {
      if (navigation.view.editing !== editing) return;
      // What was changed already is not lost, and is not sent by a key that was meant for something else.
      endEdit(text.value === editing.text ? "" : text.value);
      navigation.view.jumpedAt = Date.now();
      notices.say(t("fail.too_late"), "bad");
    });
  });

  function tellTyping() {
    if (!isVisible(text.value) || navigation.view.editing || Date.now() - told < TYPING_MS) return;
    told = Date.now();
    // Lossy by nature.
    homing.call("typing", { space: space().space.id, room: room().id }).catch(() => undefined);
  }

  return { send, tellTyping, excess };
}
