/**
 * Which texts are emoji and nothing else.
 *
 * Characters that people see as one are told apart by `Intl.Segmenter`. What of them is an emoji follows
 * UTS #51: its form decides, and not a list, so those of newer versions count as well.
 * (`\p{RGI_Emoji}` needs a newer webview.)
 */

/** More than these are a text of emoji, which is not shown large. */
const MOST = 3;
/** The longest of three, families with skin tones, and blanks between them. */
const LONGEST = 120;

/** A picture by itself or by a variation selector: © is text, and ©️ is a picture. */
const picture = String.raw`(?:(?!\p{RI})\p{Emoji_Presentation}\uFE0F?|\p{Extended_Pictographic}\uFE0F)`;
/** In a sequence also what is text elsewhere is a picture, such as ♂ in 🕵️‍♂. */
const part = String.raw`\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?`;
const forms = [
  picture,
  // The base of a skin tone may be text without it, such as ☝.
  String.raw`\p{Emoji_Modifier_Base}\uFE0F?\p{Emoji_Modifier}`,
  String.raw`${part}(?:\u200D${part})+`,
  String.raw`\p{RI}{2}`,
  String.raw`[0-9#*]\uFE0F?\u20E3`,
  // The flag of a part of a country.
  String.raw`\u{1F3F4}[\u{E0020}-\u{E007E}]+\u{E007F}`,
];
const emoji = new RegExp(`^(?:${forms.join("|")})$`, "u");

const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The text is one to three emoji and nothing else: it is shown large. */
export function isOnlyEmoji(text: string): boolean {
  if (text.length > LONGEST) return false;
  let count = 0;
  for (const { segment } of characters.segment(text)) {
    if (/^\s+$/u.test(segment)) continue;
    if (++count > MOST || !emoji.test(segment)) return false;
  }
  return count > 0;
}

/** The form by which reactions are compared: without variation selectors (from the protocol). */
export function reactionKey(emoji: string): string {
  return emoji.replace(/[\uFE0E\uFE0F]/g, "");
}

/** A reaction as a picture: with the variation selectors that its key lacks. */
export function pictureOf(key: string): string {
  return key
    .replace(/(?!\p{Emoji_Presentation})\p{Extended_Pictographic}(?!\p{Emoji_Modifier})/gu, "$&\uFE0F")
    .replace(/([0-9#*])\u20E3/g, "$1\uFE0F\u20E3");
}
