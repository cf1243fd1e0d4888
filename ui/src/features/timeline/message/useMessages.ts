/** The messages of a timeline: what they answer, and what their controls do. */
import { type Ref, computed } from "vue";
import type { Item, MessageRef } from "@/generated/bridge";
import type { Log } from "@/stores/log";
import type { WayOut } from "./actions";
import type { MessageActions } from "./useMessageActions";
import { useMessageOverlays } from "./useMessageOverlays";

interface Options {
  log: Ref<Log | null>;
  actions: MessageActions;
  /** Gives the focus to a message. */
  focus(key: string): void;
  /** Scrolls to a message, which may not be loaded. */
  show(to: MessageRef): Promise<void>;
}

/** The message that another one answers, or that was pinned. */
function answeredTo({ content }: Item): MessageRef | null {
  if (content.kind === "pin") return content.body.of;
  const reply = content.kind === "message" ? content.body.reply : undefined;
  return reply ? { user: reply.user, cid: reply.cid } : null;
}

export function useMessages({ log, actions, focus, show }: Options) {
  const loaded = computed(() => new Map(log.value?.items.map((item) => [item.key, item])));
  const overlays = useMessageOverlays({
    item: (key) => loaded.value.get(key) ?? null,
    act: (action, item) => void actions[action](item),
    focus,
  });

  return {
    overlays,
    /** The message that this one answers, if it is loaded. */
    answered(item: Item): Item | null {
      const to = answeredTo(item);
      const found = to && loaded.value.get(to.cid);
      return found?.sender === to?.user ? (found ?? null) : null;
    },
    jump(item: Item) {
      const to = answeredTo(item);
      if (to) void show(to);
    },
    /** The way out of a message that was refused. */
    act(item: Item, way: WayOut) {
      if (way === "retry" || way === "discard") void actions[way](item.key);
      else void actions[way](item);
    },
    /** The way out of a change that was refused. */
    actOnChange({ change }: Item, way: WayOut) {
      if (change) void (way === "retry" ? actions.retry(change.cid) : actions.discardChange(change.cid));
    },
  };
}
