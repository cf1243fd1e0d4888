/**
 * The text of a forwarded message: one's own words, then a quote that says who wrote it and where, what it
 * said, and a link to it for those who are in that room. It is a copy: a later edit does not change it. Pure.
 */
import { parse } from "./parse";
import { words } from "./plain";

interface Forwarded {
  /** Words of one's own; may be empty. */
  words: string;
  /** Who wrote the message. */
  sender: string;
  /** In which room, as it stands in a sentence; empty in a direct conversation. */
  room: string;
  text: string;
  link: string;
}

/** What Markdown may read as a sign. */
const signs = /[\\`*_~[\]<>|#+\-.)]/g;

/** The text is read as these words and nothing else, also before further lines. */
function says(text: string, wanted: string): boolean {
  const [first, last] = parse(`${text}\n\nend`);
  return first?.kind === "paragraph" && last !== undefined && words(first.of) === wanted;
}

/** A name as text. A backslash counts only before a sign that would do something, so each way is tried. */
function literal(named: string): string {
  const name = named.replace(/\s+/g, " ").trim();
  const ways = [name, name.replace(signs, "\\$&"), name.replace(/[`*_~[\]<>|]/g, "\\$&")];
  const first = /[`~*_#>+\-.)|]/.exec(name)?.index ?? 0;
  ways.push(`${name.slice(0, first)}\\${name.slice(first)}`, `\`${name}\``);
  return ways.find((way) => says(way, name)) ?? name.replace(signs, "");
}

export function forwardedText({ words: own, sender, room, text, link }: Forwarded): string {
  const head = [sender, room].filter((name) => name !== "").map(literal);
  // Lines end as the parser ends them: a single CR in the text must not end the quote.
  const quote = [head.join(" · "), "", ...text.split(/\r\n?|\n/)];
  const quoted = quote.map((line) => (line === "" ? ">" : `> ${line}`)).join("\n");
  // The link stands below the quote, where code that is not closed in the text can't take it in.
  return [own.trim(), quoted, link].filter((part) => part !== "").join("\n\n");
}
