/** The words of the interface. English is in the first bundle; every other language comes when it is wanted. */
import { createI18n } from "vue-i18n";
import type { Language } from "@/generated/bridge";
import { type Messages, en } from "./en";

export type Locale = "en" | "zh-CN";
export const LOCALES: Locale[] = ["en", "zh-CN"];

/** The locale for a choice and the languages of the system, best first. */
export function localeFor(choice: Language, system: readonly string[]): Locale {
  if (choice !== "system") return choice;
  for (const tag of system) {
    if (tag.toLowerCase().startsWith("zh")) return "zh-CN";
    if (tag.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

export function createWords() {
  return createI18n<[Messages], Locale, false>({
    legacy: false,
    locale: "en",
    fallbackLocale: "en",
    messages: { en } as Record<Locale, Messages>,
  });
}

export type Words = ReturnType<typeof createWords>;

/** Speaks a language from now on. */
export async function speak(words: Words, locale: Locale) {
  if (locale === "zh-CN" && !words.global.availableLocales.includes("zh-CN")) {
    words.global.setLocaleMessage("zh-CN", (await import("./zh-CN")).zhCN);
  }
  words.global.locale.value = locale;
  document.documentElement.lang = locale;
}
