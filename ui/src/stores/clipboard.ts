/** Copying, where a failure is always said: whoever pastes something else finds out too late. */
import { useI18n } from "vue-i18n";
import { isFailure } from "@/host/types";
import { useNoticeOnFailure } from "./noticeOnFailure";
import { useHoming } from "./homing";
import { useNotices } from "./notices";

/** Whether it worked. A text that is still to come is to be given in the click, not waited for. */
export type Copying = (text: string | Promise<string>) => Promise<boolean>;

export function useClipboard(): Copying {
  const homing = useHoming();
  const notices = useNotices();
  const ask = useNoticeOnFailure();
  const { t } = useI18n();
  return async (text) => {
    try {
      await homing.copy(text);
      return true;
    } catch (thrown) {
      if (isFailure(thrown)) return ask(() => Promise.reject(thrown));
      notices.say(t("outside.not_copied"), "bad");
      return false;
    }
  };
}
