/** Formats durations and times for the Inspector. */
import { useI18n } from "vue-i18n";
import { useDates } from "@/i18n/dates";

export function useTimeFormat() {
  const { t } = useI18n();
  const { when } = useDates();

  function span(ms: number): string {
    const seconds = ms / 1000;
    if (seconds < 60)
      return t("inspector.second", { s: seconds < 10 ? seconds.toFixed(1) : Math.round(seconds) });
    const minutes = Math.floor(seconds / 60);
    return minutes < 60
      ? t("inspector.minute", { m: minutes })
      : t("inspector.hour", { h: Math.floor(minutes / 60), m: minutes % 60 });
  }

  /** With milliseconds, to distinguish rows of the same second. */
  function moment(at: number): string {
    return when(at, {
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      fractionalSecondDigits: 3,
      hourCycle: "h23",
    });
  }

  return { span, moment, clock: (at: number) => when(at, { timeStyle: "short" }) };
}
