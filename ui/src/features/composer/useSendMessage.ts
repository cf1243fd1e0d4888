/** Sends the text, or edits a message. Text that was not accepted goes back to the draft. */
import { watch } from "vue";
import { useI18n } from "vue-i18n";
import type { Cid, Content, Room } from "@/generated/bridge";
import { toFailure } from "@/host/types";
import { afterComposition } from "@/input/inputMethod";
import { useHoming } from "@/stores/homing";
import { useNotices } from "@/stores/notices";
import type { SpaceState } from "@/stores/state";
import { useNavigation } from "@/stores/navigation";
import { isVisible } from "@/text/visible";
import { encode, parts } from "@/text/token";
import { resolve } from "@/text/typed";
import { mayMentionRoom } from "./completion";
import type { Draft } from "./useDraft";
import type { Replying } from "./useReply";

/** The shortest interval between two typing notices (from the protocol). */
const TYPING_MS = 3000;
/** The largest body of an event (from the protocol), less its JSON envelope. */
export const LONGEST = 64 * 1024 - 512;

export function useSendMessage(
  space: () => SpaceState,
  room: () => Room,
  { text, saveNow, endEdit, takeBack }: Draft,
  { reply, endReply, takeReplyBack }: Replying,
) {
  const homing = useHoming();
  const notices = useNotices();
  const navigation = useNavigation();
  const { t } = useI18n();
  let told = 0;
  /** The edited message if it is on the server: leaving the window does not mean that it was discarded. */
  let onServer: Cid | null = null;

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

  /** The text with mentions for the names that were typed. The core reads from it who is mentioned. */
  function withMentions(written: string): string {
    const { people, space: self } = space();
    const there = [...people.values()].filter(({ gone }) => !gone);
    return encode(resolve(parts(written), there, mayMentionRoom(people.get(self.me), room().members)));
  }

  /** Returns whether something was sent. An empty text is ignored. */
  async function send(): Promise<boolean> {
    const written = text.value;
    if (!isVisible(written) || excess() > 0) return false;
    const place = { space: space().space.id, room: room().id };
    const { editing } = navigation.view;
    const answered = editing ? null : reply.value;
    if (editing) endEdit();
    else {
      text.value = "";
      endReply();
    }
    told = 0;
    // Nothing was changed. A message that was refused is sent again.
    if (editing?.text === written && onServer === editing.cid) return false;
    try {
      const sent = withMentions(written);
      const content: Content = editing
        ? { kind: "edit", body: { of: { user: space().space.me, cid: editing.cid }, text: sent } }
        : { kind: "message", body: { text: sent, ...(answered ? { reply: answered } : {}) } };
      await homing.call("write", { ...place, content });
      // Only now, so that the draft survives a crash during the call.
      saveNow();
      return true;
    } catch (thrown) {
      const failure = toFailure(thrown);
      takeReplyBack(place.room, answered);
      // For example, the edited message was deleted meanwhile.
      await takeBack(place, written);
      notices.say(
        t(`fail.${failure.code}`, { why: "", seconds: Math.ceil((failure.retry_after_ms ?? 1000) / 1000) }),
        "bad",
      );
      return false;
    }
  }

  /**
   * Whether the edited message can still be edited. Only a message that waits must be in the loaded part of the
   * log, where that includes the end.
   */
  function fate(): "there" | "deleted" | "discarded" {
    const { editing } = navigation.view;
    const log = homing.state.logs.get(room().id);
    if (!editing || !log?.loaded) return "there";
    const row = log.items.find(({ key }) => key === editing.cid);
    if (row?.place.at === "log") onServer = row.key;
    if (row) return row.gone === null ? "there" : "deleted";
    return onServer === editing.cid || log.stale || log.more_after ? "there" : "discarded";
  }

  watch(fate, (now) => {
    const { editing } = navigation.view;
    if (!editing || now === "there") return;
    if (now === "discarded") return endEdit();
    afterComposition(() => {
      if (navigation.view.editing !== editing) return;
      // Edited text is kept as a draft and not sent by the key that was meant for the edit.
      endEdit(text.value === editing.text ? "" : text.value);
      navigation.view.jumpedAt = Date.now();
      notices.say(t("message.deleted"), "bad");
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
