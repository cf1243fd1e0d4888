/** Reading and changing what the person chose. */
import { type WritableComputedRef, computed } from "vue";
import type { Settings } from "@/generated/bridge";
import { useNoticeOnFailure } from "@/stores/noticeOnFailure";
import { useHoming } from "@/stores/homing";

export function useSettings() {
  const homing = useHoming();
  const ask = useNoticeOnFailure();

  async function set(change: Partial<Settings>) {
    await ask(() => homing.call("set_settings", { ...homing.state.settings, ...change }));
  }

  /** One setting as a model. It shows the new value when the program has kept it. */
  function setting<K extends keyof Settings>(key: K): WritableComputedRef<Settings[K]> {
    return computed({ get: () => homing.state.settings[key], set: (value) => void set({ [key]: value }) });
  }

  return { set, setting };
}
