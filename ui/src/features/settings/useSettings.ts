/** Reading and changing what the person chose. */
import { type WritableComputedRef, computed } from "vue";
import { useI18n } from "vue-i18n";
import type { Settings } from "@/generated/bridge";
import { toFailure } from "@/host/types";
import { useHoming } from "@/stores/homing";
import { useNotices } from "@/stores/notices";

export function useSettings() {
  const homing = useHoming();
  const notices = useNotices();
  const { t } = useI18n();

  async function set(change: Partial<Settings>) {
    try {
      await homing.call("set_settings", { ...homing.state.settings, ...change });
    } catch (thrown) {
      notices.say(t(`fail.${toFailure(thrown).code}`, { why: "", seconds: 1 }), "bad");
    }
  }

  /** One setting as a model. It shows the new value when the program has kept it. */
  function setting<K extends keyof Settings>(key: K): WritableComputedRef<Settings[K]> {
    return computed({ get: () => homing.state.settings[key], set: (value) => void set({ [key]: value }) });
  }

  return { set, setting };
}
