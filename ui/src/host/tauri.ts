/** The desktop shell. The only file that speaks to it. */
import { Channel, invoke } from "@tauri-apps/api/core";
import type { Push } from "@/generated/bridge";
import { copyText } from "./clipboard";
import { type Args, type CommandName, type Host, type Returns, toFailure } from "./types";

export function tauriHost(): Host {
  return {
    async call<K extends CommandName>(name: K, args: Args<K>): Promise<Returns<K>> {
      try {
        return await invoke<Returns<K>>("call", { command: name, args });
      } catch (thrown) {
        throw toFailure(thrown);
      }
    },
    async subscribe(listener) {
      const channel = new Channel<Push>();
      channel.onmessage = listener;
      await invoke("subscribe", { channel });
      return () => {
        channel.onmessage = () => undefined;
      };
    },
    copy: copyText,
    copiedLink() {
      return invoke<string | null>("copied_link");
    },
    async painted() {
      await invoke("painted");
    },
    endComposition() {
      return invoke<boolean>("end_composition");
    },
    async openLink(url) {
      await invoke("open_link", { url });
    },
  };
}
