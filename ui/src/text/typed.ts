/** Names that a person typed after `@`, and the mentions that are made of them. */
import type { UserId } from "@/generated/bridge";
import { AT, ends, mayName } from "./mention";
import { type Block, type Inline, inside, parse } from "./parse";
import { encode, type Part, ROOM } from "./token";

const folded = (name: string) => name.normalize("NFC").toLowerCase();

/** A composed letter may be written in up to four. */
const LONGEST = 4 * 64;

/** Whom names stand for, as they are compared; null if there are several of one name. */
type Names = ReadonlyMap<string, Part | null>;

function namesOf(people: Iterable<{ id: UserId; name: string }>, room: boolean): Names {
  const names = new Map<string, Part | null>();
  const add = (name: string, part: Part) => names.set(folded(name), names.has(folded(name)) ? null : part);
  for (const { id, name } of people) add(name, { kind: "person", user: id, name });
  if (room) add(ROOM, { kind: "room" });
  return names;
}

/** The longest name that stands at this place, and how it is written there. */
function nameAt(text: string, at: number, names: Names): { part: Part | null; name: string } | null {
  let found: { part: Part | null; name: string } | null = null;
  let name = "";
  for (const sign of text.slice(at, at + 2 * LONGEST)) {
    if (sign === "\n" || sign === "\r" || name.length > 2 * LONGEST) break;
    name += sign;
    const next = text.codePointAt(at + name.length);
    if (next !== undefined && !ends(name, String.fromCodePoint(next))) continue;
    const part = names.get(folded(name));
    if (part !== undefined) found = { part, name };
  }
  return found;
}

interface Found {
  part: Part;
  /** As it is written. */
  written: string;
}

function find(text: string, names: Names): Found[] {
  const found: Found[] = [];
  const keep = (written: string) => written && found.push({ part: { kind: "text", text: written }, written });
  let done = 0;
  for (let at = 0; at < text.length; at++) {
    if (!AT.test(text.charAt(at)) || !mayName(text, at)) continue;
    const named = nameAt(text, at + 1, names);
    if (!named?.part) continue;
    const { part, name } = named;
    keep(text.slice(done, at));
    done = at + 1 + name.length;
    found.push({
      part: part.kind === "person" ? { ...part, name } : part,
      written: text.slice(at, done),
    });
    at = done - 1;
  }
  keep(text.slice(done));
  return found;
}

/** How many mentions a text has, and which of them count. */
function counting(all: Part[]): boolean[] {
  const tokens = all.filter(({ kind }) => kind !== "text");
  // Each under a number, by which it is known again.
  let nth = 0;
  const numbered = all.map((part): Part =>
    part.kind === "text" ? part : { kind: "person", user: idOf(nth), name: String(nth++) },
  );
  const counted = new Set<string>();
  const look = (nodes: (Block | Inline)[]) => {
    for (const node of nodes) {
      if (node.kind === "mention") counted.add(node.name);
      else look(inside(node));
    }
  };
  look(parse(encode(numbered)));
  return tokens.map((_, at) => counted.has(String(at)));
}

const idOf = (nth: number) => `00000000-0000-0000-0000-${String(nth).padStart(12, "0")}`;

/**
 * The parts of a text to be sent: names that were typed after `@` and are those of exactly one person become
 * mentions, regardless of case and composition; the longest one counts. What stands in code, in the label of
 * a link or in a quote mentions nobody and becomes text.
 */
export function resolve(all: Part[], people: Iterable<{ id: UserId; name: string }>, room: boolean): Part[] {
  const names = namesOf(people, room);
  const found = all.flatMap((part): Found[] => {
    if (part.kind === "text") return find(part.text, names);
    return [{ part, written: `@${part.kind === "room" ? ROOM : part.name}` }];
  });
  if (found.every(({ part }) => part.kind === "text")) return all;
  const counts = counting(found.map(({ part }) => part));
  let nth = 0;
  return found.map(({ part, written }): Part => {
    if (part.kind === "text" || counts[nth++]) return part;
    return { kind: "text", text: written };
  });
}
