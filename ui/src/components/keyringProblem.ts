/** The text about a keyring that does not work. */
import { useI18n } from "vue-i18n";
import type { Keyring } from "@/generated/bridge";

export type KeyringProblem = Exclude<Keyring["state"], "untried" | "working">;

export const troubleOf = ({ state }: Keyring): KeyringProblem | null =>
  state === "untried" || state === "working" ? null : state;

/** What happened and what to do: `todo` for a space that can’t connect, `entry` for a new key. */
export function useKeyringProblem() {
  const { t, locale } = useI18n();
  return (keyring: Keyring, then: "todo" | "entry"): string => {
    const state = troubleOf(keyring);
    if (state === null) return "";
    const what = t(`keyring.what.${state}`, { text: keyring.state === "failed" ? keyring.text : "" });
    // Chinese has no space between sentences.
    return [what, t(`keyring.${then}.${state}`)].join(locale.value === "zh-CN" ? "" : " ");
  };
}
