/** The pinyin of Chinese characters. The table is large, so it is loaded on the first search by letters. */
import { pinyin, polyphonic } from "pinyin-pro";

/** For each sign the ways in which it is spoken, the likeliest in this name first; others are themselves. */
export function read(name: string): string[][] {
  const options = { toneType: "none", type: "array", v: true } as const;
  const likely = pinyin(name, { ...options, surname: "head" });
  const all = polyphonic(name, { ...options });
  const aligned = all.length === likely.length;
  return likely
    .map((first, at) => [
      ...new Set([first, ...(aligned ? (all[at] ?? []) : [])].map((one) => one.toLowerCase())),
    ])
    .map((ways) => ways.filter((one) => /\S/.test(one)))
    .filter((ways) => ways.length > 0);
}
