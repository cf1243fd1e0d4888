/** Colours, density and language, as chosen here or by the operating system. */
import { onScopeDispose, ref, watch } from "vue";
import { type Words, localeFor, speak } from "@/i18n";
import { useHoming } from "@/stores/homing";

export function useAppearance(words: Words) {
  const homing = useHoming();
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const dark = ref(system.matches);
  const changed = () => (dark.value = system.matches);
  system.addEventListener("change", changed);
  onScopeDispose(() => system.removeEventListener("change", changed));

  watch(
    () => {
      const { theme } = homing.state.settings;
      return theme === "system" ? (dark.value ? "dark" : "light") : theme;
    },
    (theme) => (document.documentElement.dataset["theme"] = theme),
    { immediate: true },
  );
  watch(
    () => homing.state.settings.density,
    (density) => (document.documentElement.dataset["density"] = density),
    { immediate: true },
  );
  watch(
    () => homing.state.settings.language,
    (language) => void speak(words, localeFor(language, navigator.languages)),
  );
}
