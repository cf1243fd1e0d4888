/** What can be done with a message. Pure. */
import type { Item, MessageRef, PendingChange } from "@/generated/bridge";

export type MessageAction =
  "react" | "reply" | "forward" | "edit" | "history" | "copy" | "link" | "unread" | "pin" | "delete";

/** The ways out for what was refused. */
export type WayOut = "retry" | "edit" | "copy" | "discard";

/** The name of a message. */
export function refOf(item: Item): MessageRef {
  return { user: item.sender, cid: item.key };
}

export interface Reader {
  me: string;
  /** An admin or the owner of the space. */
  manages: boolean;
}

/** The actions of a message, in the order of the menu. */
export function actionsOf(item: Item, { me, manages }: Reader): MessageAction[] {
  if (item.content.kind !== "message" || item.gone !== null) return [];
  const own = item.sender === me;
  const may: Record<MessageAction, boolean> = {
    react: true,
    reply: true,
    forward: true,
    edit: own,
    history: item.edited,
    copy: true,
    link: true,
    unread: !own && item.place.at === "log",
    pin: true,
    delete: own || manages,
  };
  return (Object.keys(may) as MessageAction[]).filter((action) => may[action]);
}

/** The kinds of changes that have words. */
const CHANGES = ["edit", "react", "redact", "pin"] as const;

/** The kind of a change; that of an edit for one that this build does not know. */
export function kindOf(change: PendingChange): (typeof CHANGES)[number] {
  return CHANGES.find((kind) => kind === change.kind) ?? "edit";
}

/** The change waits, or is on its way. */
export function isPending(change: PendingChange | null): boolean {
  return change !== null && change.delivery.state !== "wedged";
}
