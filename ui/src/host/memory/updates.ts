/** New versions, as a server of updates would announce them. */
import type { Update } from "@/generated/bridge";
import type { Handlers } from "./commands";
import type { World } from "./world";

/** The delay of an answer. */
const STEP_MS = 30;
const SIZE = 14_700_000;

export const noUpdate: Update = {
  way: "in_place",
  stage: "idle",
  news: null,
  received: 0,
  on_quit: false,
  trouble: null,
  text: "",
  looked: null,
};

const NOTES = `- Search finds what you wrote while you were offline, and
  shows it where it belongs.
- A proxy may ask for a password.
- Fixed: a draft could be lost when two windows were open.`;

const NOTES_ZH = `- 搜索现在可以找到您离线时写下的消息，
  并显示在正确的位置。
- 代理服务器可以要求密码。
- 修复：同时打开两个窗口时草稿可能丢失。`;

type Commands = Pick<Handlers, "look_for_update" | "fetch_update" | "cancel_update" | "install_update">;

export function updateHandlers(world: World): Commands {
  const set = (change: Partial<Update>) => {
    world.view.update = { ...world.view.update, trouble: null, text: "", ...change };
    world.push({ change: "update", update: world.view.update });
  };
  return {
    look_for_update() {
      set({ stage: "looking" });
      const news = {
        version: "0.2.0",
        notes: NOTES,
        notes_zh: NOTES_ZH,
        page: "https://example.org/homing/0.2.0",
        size: SIZE,
      };
      setTimeout(() => set({ stage: "available", news, looked: world.now() }), STEP_MS);
      return null;
    },
    fetch_update() {
      set({ stage: "fetching", received: Math.round(SIZE * 0.4) });
      return null;
    },
    cancel_update() {
      set({ stage: "available" });
      return null;
    },
    install_update({ when }) {
      set(when === "now" ? { stage: "installing", on_quit: false } : { on_quit: when === "on_quit" });
      return null;
    },
  };
}
