/** What the text of a message is read into. */

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "bold" | "italic" | "strike"; of: Inline[] }
  | { kind: "link"; url: string; of: Inline[] }
  /** Of everybody in the room if there is no user. */
  | { kind: "mention"; user: string | null; name: string }
  | { kind: "break" };

export type Align = "start" | "center" | "end";

export interface Item {
  /** Whether its box is ticked; null for an item without one. */
  done: boolean | null;
  of: Block[];
}

export interface List {
  kind: "list";
  /** The first number, and what stands after each; null for bullets. */
  numbers: { start: number; after: "." | ")" } | null;
  items: Item[];
}

export interface Table {
  kind: "table";
  align: Align[];
  head: Inline[][];
  /** A row may have fewer cells than the head, never more. */
  rows: Inline[][][];
}

export type Block =
  | { kind: "paragraph"; of: Inline[] }
  | { kind: "heading"; of: Inline[] }
  | { kind: "code"; language: string; text: string }
  | { kind: "quote"; of: Block[] }
  | List
  | Table
  | { kind: "rule" };

/** Deeper nesting of quotes, lists and marks stays text. */
export const DEPTH = 8;

/** What a node holds, in the order of the text. */
export function inside(node: Block | Inline): (Block | Inline)[] {
  if (node.kind === "list") return node.items.flatMap((item) => item.of);
  if (node.kind === "table") return [...node.head, ...node.rows.flat()].flat();
  return "of" in node ? node.of : [];
}

/** The sign in front of an item: a bullet, or its number. */
export function signOf({ numbers }: List, at: number): string {
  return numbers ? `${numbers.start + at}${numbers.after}` : "•";
}
