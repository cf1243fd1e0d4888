/** What the text of a message is read into. */

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "bold" | "italic" | "strike"; of: Inline[] }
  | { kind: "link"; url: string; of: Inline[] }
  | { kind: "mention"; user: string; name: string }
  | { kind: "break" };

export type Align = "start" | "center" | "end";

export type Block =
  | { kind: "paragraph"; of: Inline[] }
  | { kind: "heading"; of: Inline[] }
  | { kind: "code"; language: string; text: string }
  | { kind: "quote"; of: Block[] }
  | { kind: "list"; start: number | null; items: Block[][] }
  | { kind: "table"; align: Align[]; head: Inline[][]; rows: Inline[][][] }
  | { kind: "rule" };

/** A person who can be mentioned. */
export interface Mentionable {
  id: string;
  name: string;
  /** Only by the whole name, and not by the first part of it. */
  whole?: boolean;
}

/** Deeper nesting of quotes, lists and marks stays text. */
export const DEPTH = 8;
