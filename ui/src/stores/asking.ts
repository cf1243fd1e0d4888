/** Doing something that may fail where there is no room for a failure: a notice says what failed. */
import { useI18n } from "vue-i18n";
import { toFailure } from "@/host/types";
import { useNotices } from "./notices";

/** Whether it worked. */
export type Ask = (act: () => Promise<unknown>) => Promise<boolean>;

export function useAsking(): Ask {
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
