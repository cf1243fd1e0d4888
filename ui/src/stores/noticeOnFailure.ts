/** Runs an action that has no place of its own to show a failure: a notice shows it. */
import { useI18n } from "vue-i18n";
import { toFailure } from "@/host/types";
import { useNotices } from "./notices";

/** Resolves to whether the action succeeded. */
export type RunWithNotice = (act: () => Promise<unknown>) => Promise<boolean>;

export function useNoticeOnFailure(): RunWithNotice {
  const { t } = useI18n();
  const notices = useNotices();
  return async (act) => {
    try {
      await act();
      return true;
    } catch (thrown) {
      const { code, retry_after_ms: wait } = toFailure(thrown);
      notices.say(t(`fail.${code}`, { why: "", seconds: Math.ceil((wait ?? 1000) / 1000) }), "bad");
      return false;
    }
  };
}
