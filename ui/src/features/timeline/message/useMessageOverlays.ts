/**
 * What opens over a message: its menu, the emoji picker, what it said before, where
 * to forward it, the question before it is deleted. One of each for
 * all messages. Their components are loaded when they are first wanted.
 */
import { type Component, computed, nextTick, ref, shallowRef } from "vue";
import type { Item } from "@/generated/bridge";
import type { MessageAction } from "./actions";

/** Where something opens. It stays there when the message is scrolled away. */
export interface Anchor {
  getBoundingClientRect(): DOMRect;
}

type Overlay = "menu" | "picker" | "history" | "forward" | "delete";

const LOAD: Record<Overlay, () => Promise<{ default: Component }>> = {
  menu: () => import("./MessageMenu.vue"),
  picker: () => import("./ReactionPopover.vue"),
  history: () => import("./EditHistory.vue"),
  forward: () => import("./ForwardDialog.vue"),
  delete: () => import("./DeleteDialog.vue"),
};

/** Done without opening anything: the focus stays at the message. */
const STAYS = new Set<MessageAction>(["copy", "link", "unread", "pin"]);

const at = (box: DOMRect): Anchor => ({ getBoundingClientRect: () => box });
/** Where the menu stands in a message, in pixels: where the words begin, below the first line. */
const INDENT = 48;
const LINE = 24;
/** What has a menu of its own: the browser's has what is wanted of it. */
const NATIVE = "a[href], input, textarea";

interface Options {
  /** The row as it is now; null when it is gone. */
  item(key: string): Item | null;
  /** Does an action that nothing has to be opened for. */
  act(action: Exclude<MessageAction, "react" | "history" | "forward" | "delete">, item: Item): void;
  /** Gives the focus back to a message. */
  focus(key: string): void;
}

export type MessageOverlays = ReturnType<typeof useMessageOverlays>;

export function useMessageOverlays({ item, act, focus }: Options) {
  const open = shallowRef<{
    overlay: Overlay;
    component: Component;
    key: string;
    anchor: Anchor;
    from: HTMLElement | null;
  } | null>(null);
  const byKeyboard = ref(false);
  const target = computed(() => (open.value ? item(open.value.key) : null));

  async function show(overlay: Overlay, key: string, anchor: Anchor, from: HTMLElement | null) {
    const component = (await LOAD[overlay]()).default;
    if (item(key)) open.value = { overlay, component, key, anchor, from };
  }

  function back(from: HTMLElement | null, key: string) {
    if (from?.isConnected) from.focus({ preventScroll: true });
    else focus(key);
  }

  return {
    open,
    target,
    byKeyboard,
    /** What is open of a row. */
    openedOf(key: string): "menu" | "picker" | null {
      const { overlay } = open.value?.key === key ? open.value : {};
      return overlay === "menu" || overlay === "picker" ? overlay : null;
    },
    /** Opens the menu below its button. */
    menu(key: string, event: MouseEvent) {
      const from = event.currentTarget as HTMLElement;
      byKeyboard.value = event.detail === 0;
      void show("menu", key, at(from.getBoundingClientRect()), from);
    },
    /** Opens the menu for a right click or the menu key, where the browser's is not wanted. */
    contextMenu(event: MouseEvent) {
      const { target: on } = event;
      const article = on instanceof Element ? on.closest<HTMLElement>("article[data-key]") : null;
      const key = article?.dataset["key"];
      const chosen = document.getSelection();
      const selected = article && chosen && !chosen.isCollapsed && chosen.containsNode(article, true);
      if (!article || key === undefined || selected || (on as Element).closest(NATIVE)) return;
      if (item(key)?.content.kind !== "message" || item(key)?.gone !== null) return;
      event.preventDefault();
      byKeyboard.value = event.button !== 2;
      const { left, top } = article.getBoundingClientRect();
      const place = byKeyboard.value ? [left + INDENT, top + LINE] : [event.clientX, event.clientY];
      void show("menu", key, at(new DOMRect(...place)), null);
    },
    picker(key: string, from: HTMLElement) {
      void show("picker", key, at(from.getBoundingClientRect()), from);
    },
    history(key: string, from: HTMLElement) {
      void show("history", key, at(from.getBoundingClientRect()), from);
    },
    /** The menu is closed. */
    async chosen(action: MessageAction | null) {
      const was = open.value;
      const on = target.value;
      // As long as something is open of it, its toolbar is there, which gets the focus back.
      if (was && (action === null || STAYS.has(action))) back(was.from, was.key);
      open.value = null;
      if (!was || !on || action === null) return;
      if (action === "react") await show("picker", was.key, was.anchor, was.from);
      else if (action === "delete" || action === "history" || action === "forward")
        await show(action, was.key, was.anchor, was.from);
      else act(action, on);
    },
    /** The picker or the history is closed. */
    picked() {
      if (open.value) back(open.value.from, open.value.key);
      open.value = null;
    },
    /** The question is answered. Until then it keeps the focus. */
    async answered() {
      const was = open.value;
      open.value = null;
      await nextTick();
      if (was) back(was.from, was.key);
    },
  };
}
