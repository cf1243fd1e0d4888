/** What can be done with a message. */
import { useI18n } from "vue-i18n";
import type { Item, SpaceId } from "@/generated/bridge";
import { useNoticeOnFailure } from "@/stores/noticeOnFailure";
import { useClipboard } from "@/stores/clipboard";
import { useHoming } from "@/stores/homing";
import { useNotices } from "@/stores/notices";
import { useNavigation } from "@/stores/navigation";
import { isSafeUrl } from "@/text/parse";

export function useMessageActions(space: () => SpaceId) {
  const homing = useHoming();
  const ask = useNoticeOnFailure();
  const copy = useClipboard();
  const notices = useNotices();
  const navigation = useNavigation();
  const { t } = useI18n();

  async function attempt(act: () => Promise<unknown>, done?: string) {
    if ((await ask(act)) && done !== undefined) notices.say(done);
  }

  return {
    retry: (cid: string) => attempt(() => homing.call("retry_message", { space: space(), cid })),
    discard: (cid: string) =>
      attempt(() => homing.call("discard_message", { space: space(), cid }), t("delivery.discarded")),
    edit(item: Item) {
      if (item.content.kind === "message")
        navigation.view.editing = { cid: item.key, text: item.content.body.text };
    },
    async copy(item: Item) {
      const { content } = item;
      if (content.kind === "message" && (await copy(content.body.text))) notices.say(t("timeline.copied"));
    },
    copyText: (text: string) => attempt(() => homing.copy(text), t("timeline.copied")),
    openLink: (url: string) => (isSafeUrl(url) ? attempt(() => homing.openLink(url)) : Promise.resolve()),
  };
}
