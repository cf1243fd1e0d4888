/** Addresses in a text: which may be opened, and where a bare one ends. */

/** Longer ones are not for people, and the limit keeps parsing fast for any input. */
export const LONGEST_URL = 2000;

/** What can't be seen, or turns the signs around it: none of it belongs into an address. */
const hidden = String.raw`\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\udb80-\udbbf`;
const hiding = new RegExp(`[${hidden}]`);

/** Characters that end an address: blanks, quotes, code marks, and Chinese punctuation. */
const bare = new RegExp(
  String.raw`(?:https?://|mailto:|www\.|homing://message/)[^\s<>"\\\`“”„«»\u3000-\u303f\uff00-\uffef${hidden}]{1,${LONGEST_URL}}`,
  "iy",
);
/** A host before words of a script that puts no blank between them: `https://a.example看`. */
const hostBefore =
  /^(?:https?:\/\/(?:[^/?#@]*@)?|www\.)[^/?#:]*?\.[a-z]{2,}(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])/iu;
const opening: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const messageLink = new RegExp(`^homing://message/${uuid}(?:/${uuid}){3}/?(?:[?#]|$)`, "i");

/** It leads to a message in this window. What it names, the bridge reads. */
export function isMessageLink(url: string): boolean {
  return messageLink.test(url) && !hiding.test(url);
}

/** Only these can be followed: what leads out of the window to a page or a mail, and what leads to a message. */
export function isSafeUrl(url: string): boolean {
  if (isMessageLink(url)) return true;
  if (!/^(?:https?:\/\/|mailto:.)/i.test(url) || hiding.test(url)) return false;
  try {
    const { protocol, hostname } = new URL(url);
    return protocol === "mailto:" || hostname !== "";
  } catch {
    return false;
  }
}

/** Where a safe address leads, whatever its path. */
export function hostOf(url: string): string {
  const { host, pathname } = new URL(url);
  return host === "" ? pathname : host.replace(/^www\./, "");
}

function count(text: string, sign: string): number {
  let found = 0;
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) found++;
  return found;
}

/**
 * How much of `text` is the address. What ends a sentence is none of it, nor a bracket that was
 * opened before it; one that was opened inside is, and so is a pair of `_`.
 */
function ending(text: string): number {
  const signs: Record<string, number> = {};
  const held = (sign: string) => (signs[sign] ??= count(text, sign));
  let end = text.length;
  for (; end > 0; end--) {
    const last = text.charAt(end - 1);
    const open = opening[last];
    if (open) {
      if (held(last) <= held(open)) break;
      signs[last] = held(last) - 1;
    } else if (last === "_") {
      if (held("_") % 2 === 0) break;
      signs["_"] = held("_") - 1;
    } else if (last in { "(": 1, "[": 1, "{": 1 }) signs[last] = held(last) - 1;
    else if (!/[.,;:!?'’‘*~|…]/.test(last)) break;
  }
  return end;
}

/** Up to the first `]` that was not opened: there the label of a link ends, as in `[https://a.example/x](…)`. */
function inLabel(text: string): string {
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === "[") open++;
    else if (sign === "]" && open-- === 0) return text.slice(0, at);
  }
  return text;
}

/** The bare address that begins at `at`: how long it is, and where it leads. */
export function addressAt(text: string, at: number): { length: number; url: string } | null {
  if (/[\p{L}\p{N}/@]/u.test(text.charAt(at - 1)) && !/[\p{Lo}\p{Lm}]/u.test(text.charAt(at - 1)))
    return null;
  bare.lastIndex = at;
  let found = bare.exec(text)?.[0];
  if (!found) return null;
  found = hostBefore.exec(found)?.[0] ?? found;
  const length = ending(inLabel(found));
  const shown = found.slice(0, length);
  const short = /^www\./i.test(shown);
  if (short && !/^www\.[^./?#]+\.[^/?#]*[\p{L}\p{N}]/iu.test(shown)) return null;
  const url = short ? `https://${shown}` : shown;
  return isSafeUrl(url) ? { length, url } : null;
}
