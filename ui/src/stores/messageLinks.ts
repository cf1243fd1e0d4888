/** Links to messages: copying one, and opening one that stands in a message or that the system was given. */
import { useI18n } from "vue-i18n";
import type { MessageArgs } from "@/generated/bridge";
import { useClipboard } from "./clipboard";
import { useHoming } from "./homing";
import { useNavigation } from "./navigation";
import { useNoticeOnFailure } from "./noticeOnFailure";
import { useNotices } from "./notices";

export function useMessageLinks() {
  const homing = useHoming();
  const navigation = useNavigation();
  const notices = useNotices();
  const ask = useNoticeOnFailure();
  const copy = useClipboard();
  const { t } = useI18n();

  /** Goes to a message, or says why it can't. */
  function show({ space: id, room, of }: MessageArgs) {
    const space = homing.state.spaces.get(id);
    if (space?.rooms.has(room)) {
      navigation.show(null);
      navigation.view.jumpedAt = Date.now();
      navigation.openMessage(id, room, of);
    } else notices.say(t(space ? "links.no_room" : "links.no_space"), "bad");
  }

  return {
    show,
    follow: (link: string) =>
      ask(async () => {
        show(await homing.call("read_message_link", { link }));
      }),
    async copy(message: MessageArgs) {
      // Begun in the click: the clipboard waits for it.
      const link = homing.call("message_link", message).then((made) => made.link);
      if (await copy(link)) notices.say(t("links.copied"));
    },
  };
}
