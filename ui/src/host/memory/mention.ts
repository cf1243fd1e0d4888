/** Mentions, as the core reads and makes them. */
import type { Content, Person, UserId } from "@/generated/bridge";
import { encode, parts } from "@/text/token";
import { resolve } from "@/text/typed";

/** What another person typed, as their app sends it. */
export const typed = (text: string, people: Person[]): string =>
  encode(resolve([{ kind: "text", text }], people, true));

/** The people that a text mentions. */
export function mentionsOf(text: string): UserId[] {
  const people = parts(text).flatMap((part) => (part.kind === "person" ? [part.user] : []));
  return [...new Set(people)];
}

export const names = (text: string, me: UserId): boolean =>
  parts(text).some((part) => part.kind === "room" || (part.kind === "person" && part.user === me));

/** The content with whom its text mentions. */
export function withMentions(content: Content): Content {
  if (content.kind !== "message" && content.kind !== "edit") return content;
  const { text } = content.body;
  const mentions = mentionsOf(text);
  return content.kind === "message"
    ? { ...content, body: { ...content.body, mentions } }
    : { ...content, body: { ...content.body, mentions } };
}
