/** Times as the person's own region writes them, in the language of the interface. */
import { useI18n } from "vue-i18n";
import { useZone } from "./zone";

/** Making one is dear, using one is cheap. One keeps the zone in which it was made. */
const made = new Map<string, Intl.DateTimeFormat>();
let madeIn = "";

/** The system's own variant of a language (`en-GB` for `en`), else the language itself. */
export function regional(locale: string, system: readonly string[]): string {
  return (
    system.find((tag) => tag === locale || tag.toLowerCase().startsWith(`${locale.toLowerCase()}-`)) ?? locale
  );
}

export type When = (ts: number, options: Intl.DateTimeFormatOptions) => string;

export function useDates(): { when: When; clock(ts: number): string } {
  const { locale } = useI18n();
  const zone = useZone();
  const when: When = (ts, options) => {
    if (zone.value !== madeIn) made.clear();
    madeIn = zone.value;
    const key = `${locale.value} ${JSON.stringify(options)}`;
    const format =
      made.get(key) ?? new Intl.DateTimeFormat(regional(locale.value, navigator.languages), options);
    made.set(key, format);
    return format.format(ts);
  };
  return { when, clock: (ts) => when(ts, { timeStyle: "short" }) };
}
