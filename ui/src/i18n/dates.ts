/** Times as the person's own region writes them, in the language of the interface. */
import { useI18n } from "vue-i18n";

/** Making one is dear, using one is cheap. */
const made = new Map<string, Intl.DateTimeFormat>();

/** The system's own variant of a language (`en-GB` for `en`), else the language itself. */
export function regional(locale: string, system: readonly string[]): string {
  return (
    system.find((tag) => tag === locale || tag.toLowerCase().startsWith(`${locale.toLowerCase()}-`)) ?? locale
  );
}

export type When = (ts: number, options: Intl.DateTimeFormatOptions) => string;

export function useDates(): { when: When; clock(ts: number): string } {
  const { locale } = useI18n();
  const when: When = (ts, options) => {
    const key = `${locale.value} ${JSON.stringify(options)}`;
    const format =
      made.get(key) ?? new Intl.DateTimeFormat(regional(locale.value, navigator.languages), options);
    made.set(key, format);
    return format.format(ts);
  };
  return { when, clock: (ts) => when(ts, { timeStyle: "short" }) };
}
