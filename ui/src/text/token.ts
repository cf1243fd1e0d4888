/**
 * Mentions, as they stand in the text of a message: `<@USERID|Name>` for a person, `<!room>` for everybody
 * in the room. What only looks like one has a backslash more after its `<` than was typed. The core has the
 * same (`mention` in crates/protocol), and both are held by one table.
 */
import type { UserId } from "@/generated/bridge";

export type Part =
  | { kind: "text"; text: string }
  /** `name` is what they were called when it was written. */
  | { kind: "person"; user: UserId; name: string }
  | { kind: "room" };

/** What `@` and this name stand for: everybody in the room. */
export const ROOM = "room";
/** Characters of a name (from the protocol). */
const NAME = 64;

const form = /<(\\*)(?:!room>|@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\|([^<>\n\r]{1,64})>)/gu;

/** The parts of a text. Adjacent text is one part, and none is empty. */
export function parts(text: string): Part[] {
  const found: Part[] = [];
  let before = "";
  let done = 0;
  for (const match of text.matchAll(form)) {
    const [whole, escapes = "", user, name] = match;
    if (escapes !== "") {
      before += text.slice(done, match.index + 1);
      done = match.index + 2;
      continue;
    }
    before += text.slice(done, match.index);
    if (before !== "") found.push({ kind: "text", text: before });
    before = "";
    found.push(user !== undefined && name !== undefined ? { kind: "person", user, name } : { kind: "room" });
    done = match.index + whole.length;
  }
  before += text.slice(done);
  if (before !== "") found.push({ kind: "text", text: before });
  return found;
}

function tokenOf(part: Part): string {
  if (part.kind === "room") return "<!room>";
  if (part.kind === "text") return part.text.replace(form, (whole) => `<\\${whole.slice(1)}`);
  const signs: Record<string, string> = { "<": "‹", ">": "›", "\n": " ", "\r": " " };
  const name = [...part.name]
    .slice(0, NAME)
    .map((sign) => signs[sign] ?? sign)
    .join("");
  return `<@${part.user}|${name || "?"}>`;
}

/** The text of these parts. */
export const encode = (all: Part[]): string => merged(all).map(tokenOf).join("");

/** Adjacent text as one part, so that a form over the border between two is seen. */
function merged(all: Part[]): Part[] {
  const found: Part[] = [];
  for (const part of all) {
    const last = found.at(-1);
    if (last?.kind === "text" && part.kind === "text")
      found[found.length - 1] = { kind: "text", text: last.text + part.text };
    else found.push(part);
  }
  return found;
}

/** The people that are known, by id. */
export type Known = Pick<ReadonlyMap<UserId, { name: string }>, "get">;

export const nobody: Known = new Map();

/** How a part is shown where nothing is drawn. */
export function shownAs(part: Part, people: Known): string {
  if (part.kind === "text") return part.text;
  return `@${part.kind === "room" ? ROOM : (people.get(part.user)?.name ?? part.name)}`;
}

/** The text with the present names of those that it mentions, and no token. */
export const named = (text: string, people: Known): string =>
  parts(text)
    .map((part) => shownAs(part, people))
    .join("");

/** At most so many units of the beginning of a text, and no half of a token. */
export function beginning(text: string, most: number): string {
  if (text.length <= most) return text;
  for (const { index, 0: whole } of text.matchAll(form))
    if (index < most && index + whole.length > most) return text.slice(0, index);
  return text.slice(0, most);
}
