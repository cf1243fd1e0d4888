/** Short notices that disappear after a time: "Copied". */
import { type InjectionKey, inject, reactive } from "vue";

/** Long enough to read two lines aloud. */
export const NOTICE_MS = 6000;
/** More notices would cover the conversation. */
const AT_ONCE = 3;

export interface Notice {
  id: number;
  text: string;
  tone: "plain" | "bad";
  /** What can be done about it, such as undoing it. */
  action: NoticeAction | null;
}

export interface NoticeAction {
  /** On its button. */
  words: string;
  run(): void;
}

export interface Notices {
  list: Notice[];
  /** `stays`: until it is dismissed. */
  say(text: string, tone?: Notice["tone"], stays?: boolean): void;
  /** With a button. */
  offer(text: string, action: NoticeAction): void;
  dismiss(id: number): void;
}

export const noticesKey: InjectionKey<Notices> = Symbol("notices");

export function useNotices(): Notices {
  const notices = inject(noticesKey);
  if (!notices) throw new Error("no notices were provided");
  return notices;
}

export function createNotices(): Notices {
  const list = reactive<Notice[]>([]);
  let next = 1;
  function add(notice: Omit<Notice, "id">, stays: boolean) {
    const id = next++;
    list.push({ id, ...notice });
    if (list.length > AT_ONCE) list.shift();
    if (!stays) setTimeout(() => notices.dismiss(id), NOTICE_MS);
  }
  const notices: Notices = {
    list,
    say: (text, tone = "plain", stays = false) => add({ text, tone, action: null }, stays),
    offer: (text, action) => add({ text, tone: "plain", action }, false),
    dismiss(id) {
      const at = list.findIndex((notice) => notice.id === id);
      if (at >= 0) list.splice(at, 1);
    },
  };
  return notices;
}
