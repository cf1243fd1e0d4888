/** The avatar of a person without a picture: initials and a colour, the same everywhere. */

/** White text on these colours has a contrast of at least 4.5:1. */
const colours = [
  "#7254b5",
  "#b0522d",
  "#2a728d",
  "#796a1f",
  "#3d7a4b",
  "#a2466f",
  "#4a68b0",
  "#8a5a2c",
  "#5f6b22",
  "#8c4a9e",
];

const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** Two letters for a name; one or two signs where a sign is a word. */
export function initials(name: string, most = 2, signs = most): string {
  const clean = name.trim();
  if (wide.test(clean))
    return [...clean]
      .filter((sign) => wide.test(sign))
      .slice(0, signs)
      .join("");
  const words = clean.split(/[\s_.-]+/).filter(Boolean);
  const first = words[0] ?? "?";
  const letters =
    words.length > 1
      ? [first, words.at(-1) ?? ""].map((word) => [...word][0] ?? "")
      : [...first].slice(0, most);
  return letters.join("").toUpperCase();
}

/** A colour for an id. */
export function colourOf(id: string): string {
  let sum = 7;
  for (const char of id) sum = (sum * 33 + (char.codePointAt(0) ?? 0)) >>> 0;
  return colours[sum % colours.length] ?? "#2a728d";
}
