/** Does what can be done with a message. */
import { useI18n } from "vue-i18n";
import type { Content, Item, Room } from "@/generated/bridge";
import { useClipboard } from "@/stores/clipboard";
import { useEmojiUse } from "@/stores/emojiUse";
import { useHoming } from "@/stores/homing";
import { useMessageLinks } from "@/stores/messageLinks";
import { useNavigation } from "@/stores/navigation";
import { useNoticeOnFailure } from "@/stores/noticeOnFailure";
import { useNotices } from "@/stores/notices";
import type { SpaceState } from "@/stores/state";
import { reactionKey } from "@/text/emoji";
import { excerptOf } from "@/text/excerpt";
import { isMessageLink, isSafeUrl } from "@/text/parse";
import { named } from "@/text/token";
import { refOf } from "./actions";

export function useMessageActions(space: () => SpaceState, room: () => Room) {
  const homing = useHoming();
  const ask = useNoticeOnFailure();
  const copy = useClipboard();
  const links = useMessageLinks();
  const notices = useNotices();
  const { view } = useNavigation();
  const { used } = useEmojiUse();
  const { t } = useI18n();

  async function attempt(act: () => Promise<unknown>, done?: string) {
    if ((await ask(act)) && done !== undefined) notices.say(done);
  }

  const place = () => ({ space: space().space.id, room: room().id });
  const write = (content: Content) => attempt(() => homing.call("write", { ...place(), content }));
  const queued = (cid: string) => ({ space: space().space.id, cid });

  return {
    retry: (cid: string) => attempt(() => homing.call("retry_message", queued(cid))),
    discard: (cid: string) =>
      attempt(() => homing.call("discard_message", queued(cid)), t("delivery.discarded")),
    discardChange: (cid: string) =>
      attempt(() => homing.call("discard_message", queued(cid)), t("message.discarded")),
    edit(item: Item) {
      if (item.content.kind === "message") view.editing = { cid: item.key, text: item.content.body.text };
    },
    reply(item: Item) {
      if (item.content.kind !== "message") return;
      const excerpt = excerptOf(item.content.body.text, space().people);
      view.editing = null;
      view.replying[room().id] = { ...refOf(item), excerpt };
      view.composed++;
    },
    /** Adds a reaction, or takes it back. One that stands already stays. */
    react(item: Item, emoji: string, on: boolean) {
      const own = item.reactions.find((group) => group.emoji === reactionKey(emoji))?.mine ?? false;
      if (on) used(emoji);
      return own === on ? Promise.resolve() : write({ kind: "react", body: { to: refOf(item), emoji, on } });
    },
    /** Until the room is left and opened again, or marked as read. */
    unread: (item: Item) => attempt(() => homing.call("mark_unread", { ...place(), seq: item.place.n })),
    pin: (item: Item) => write({ kind: "pin", body: { of: refOf(item), on: !item.pinned } }),
    redact: (item: Item) => write({ kind: "redact", body: { of: refOf(item) } }),
    async copy(item: Item) {
      const { content } = item;
      if (content.kind === "message" && (await copy(named(content.body.text, space().people))))
        notices.say(t("timeline.copied"));
    },
    copyText: (text: string) => attempt(() => homing.copy(text), t("timeline.copied")),
    link: (item: Item) => links.copy({ ...place(), of: refOf(item) }),
    async openLink(url: string) {
      if (isMessageLink(url)) await links.follow(url);
      else if (isSafeUrl(url)) await attempt(() => homing.openLink(url));
    },
  };
}

export type MessageActions = ReturnType<typeof useMessageActions>;
