/** Sends the text, or edits a queued message. Text that was not accepted goes back to the draft. */
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

/** The shortest interval between two typing notices (from the protocol). */
const TYPING_MS = 3000;
/** The largest body of an event (from the protocol), less its JSON envelope. */
export const LONGEST = 64 * 1024 - 512;

export function useSendMessage(
  space: () => SpaceState,
  room: () => Room,
  { text, saveNow, endEdit, takeBack }: Draft,
) {
  const homing = useHoming();
  const notices = useNotices();
  const navigation = useNavigation();
  const { t } = useI18n();
  let told = 0;

  /** By how many characters the text is too long. The limit itself is in bytes. */
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

  /** Returns whether something was sent. An empty text is ignored. */
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
      // Only now, so that the draft survives a crash during the call.
      saveNow();
      return true;
    } catch (thrown) {
      const failure = toFailure(thrown);
      // For example, the edited message was sent meanwhile.
      await takeBack(place, written);
      notices.say(
        t(`fail.${failure.code}`, { why: "", seconds: Math.ceil((failure.retry_after_ms ?? 1000) / 1000) }),
        "bad",
      );
      return false;
    }
  }

  /** The state of the edited message. Only a timeline at the end of the log must contain it. */
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
      // Edited text is kept as a draft and not sent by the key that was meant for the edit.
      endEdit(text.value === editing.text ? "" : text.value);
      navigation.view.jumpedAt = Date.now();
      notices.say(t("fail.too_late"), "bad");
    });
  });

  function tellTyping() {
    if (!isVisible(text.value) || navigation.view.editing || Date.now() - told < TYPING_MS) return;
    told = Date.now();
    // Typing notices may get lost.
    homing.call("typing", { space: space().space.id, room: room().id }).catch(() => undefined);
  }

  return { send, tellTyping, excess };
}
