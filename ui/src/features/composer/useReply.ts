/** The message that the text of a room answers. It stays with the room until it is answered, or deleted. */
import { type ComputedRef, computed, watch } from "vue";
import type { Item, Reply, Room } from "@/generated/bridge";
import { useHoming } from "@/stores/homing";
import { useNavigation } from "@/stores/navigation";
import type { SpaceState } from "@/stores/state";
import { excerptOf } from "@/text/excerpt";

export interface Replying {
  reply: ComputedRef<Reply | null>;
  /** The beginning of that message as it is now. */
  text: ComputedRef<string>;
  endReply(): void;
  /** Answers this again, if nothing else is answered by now. */
  takeReplyBack(room: string, reply: Reply | null): void;
}

export function useReply(space: () => SpaceState, room: () => Room): Replying {
  const homing = useHoming();
  const { view } = useNavigation();
  const reply = computed(() => view.replying[room().id] ?? null);
  const answered = computed((): Item | null => {
    const to = reply.value;
    const items = to ? homing.state.logs.get(room().id)?.items : [];
    return items?.find(({ key, sender }) => key === to?.cid && sender === to.user) ?? null;
  });
  const text = computed(() => {
    const { content } = answered.value ?? {};
    return content?.kind === "message"
      ? excerptOf(content.body.text, space().people)
      : (reply.value?.excerpt ?? "");
  });

  function endReply() {
    Reflect.deleteProperty(view.replying, room().id);
  }

  watch(
    () => (answered.value?.gone ?? null) !== null,
    (gone) => gone && endReply(),
  );

  return {
    reply,
    text,
    endReply,
    takeReplyBack(of, before) {
      if (before && !view.replying[of]) view.replying[of] = before;
    },
  };
}
