/** Completion at the caret, of names after `@`. Pure. */
import type { Person, UserId } from "@/generated/bridge";
import { mayName } from "@/text/mention";
import { asking, byName, found } from "@/text/search";
import { ROOM } from "@/text/token";

/** Nobody reads a longer list. */
const OFFERED = 6;

/** What is to be completed at the caret. */
export interface Query {
  /** The position of its sign. */
  at: number;
  /** The text after it. */
  part: string;
}

/** The name to complete at the caret; null if there is none. */
export function mentionQueryAt(text: string, caret: number): Query | null {
  const before = text.slice(0, caret);
  const at = Math.max(before.lastIndexOf("@"), before.lastIndexOf("＠"));
  if (at < 0 || !mayName(before, at)) return null;
  const part = before.slice(at + 1);
  // Two words at most: names have blanks, but not every text after an `@` is a name.
  return part.includes("\n") || part.split(" ").length > 2 || part.startsWith(" ") ? null : { at, part };
}

/**
 * People to suggest, best first: names that begin with the query, then names with a word that does. Ties
 * are ordered by who wrote last, from `recent`.
 */
export function offer(
  people: Iterable<Person>,
  part: string,
  me: UserId,
  recent: ReadonlyMap<UserId, number> = new Map(),
): Person[] {
  const there = [...people].filter((person) => !person.gone && person.id !== me);
  const spoke = ({ id }: Person) => recent.get(id) ?? -1;
  there.sort((a, b) => spoke(b) - spoke(a) || byName(a.name, b.name));
  const offered = found(there, asking(part), ({ name }) => name).slice(0, OFFERED);
  // A complete name needs no suggestion, and Enter after it must send.
  return offered.length === 1 && offered[0]?.name === part ? [] : offered;
}

/** Members of a room in which everybody may mention all of them (from the protocol). */
const ROOM_MENTION_MEMBERS = 15;

/** Whether somebody may mention everybody in a room: an admin, and in a small one every member. */
export function mayMentionRoom(me: Person | undefined, members: number): boolean {
  return me?.role === "admin" || me?.role === "owner" || members <= ROOM_MENTION_MEMBERS;
}

/** Whether everybody in the room is to be suggested: for the beginning of its word, and not for all of it. */
export const offersRoom = (part: string): boolean =>
  part.length < ROOM.length && ROOM.startsWith(part.toLowerCase());

/** The text with something in the place of what was asked for, and the new caret. */
export function complete(
  text: string,
  caret: number,
  asked: Query,
  inserted: string,
): { text: string; caret: number } {
  const begin = `${text.slice(0, asked.at)}${inserted} `;
  return { text: begin + text.slice(caret).replace(/^ /, ""), caret: begin.length };
}

/** The text with a mention inserted at the caret, separated from the word before it, and the new caret. */
export function mention(text: string, caret: number, name: string): { text: string; caret: number } {
  const before = text.slice(0, caret);
  const apart = mayName(before, caret) ? before : `${before} `;
  return complete(apart + text.slice(caret), apart.length, { at: apart.length, part: "" }, `@${name}`);
}
