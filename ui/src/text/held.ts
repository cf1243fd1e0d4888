/**
 * A text with one sign in the place of each token, so that no sign of a name is read as a mark. The signs are
 * of a plane for private use; one that a person typed is put in a place like a token, too.
 */
import type { Inline } from "./tree";
import { type Known, type Part, parts, shownAs } from "./token";

const FIRST = 0xf0000;
const MOST = 0xfffd;
const typed = /[\u{f0000}-\u{ffffd}]/gu;
/** The first half of such a sign. */
export const HELD = /[\udb80-\udbbf]/;

export class Held {
  readonly text: string;
  private readonly all: Part[] = [];

  constructor(
    text: string,
    private readonly people: Known,
  ) {
    const held = parts(text).map((part) =>
      part.kind === "text"
        ? part.text.replace(typed, (sign) => this.hold({ kind: "text", text: sign }))
        : this.hold(part),
    );
    this.text = held.join("");
  }

  private hold(part: Part): string {
    // So many do not fit a message.
    if (this.all.length > MOST) return shownAs(part, this.people);
    this.all.push(part);
    return String.fromCodePoint(FIRST + this.all.length - 1);
  }

  private partAt(text: string, at: number): Part | undefined {
    return this.all[(text.codePointAt(at) ?? 0) - FIRST];
  }

  /** The node in the place of the sign at this place; null if there is none. */
  nodeAt(text: string, at: number): Inline | null {
    const part = this.partAt(text, at);
    if (!part) return null;
    if (part.kind === "text") return part;
    const user = part.kind === "person" ? part.user : null;
    return { kind: "mention", user, name: shownAs(part, this.people).slice(1) };
  }

  /** The same text with what was held, as it is shown. */
  restored(text: string): string {
    if (this.all.length === 0) return text;
    return text.replace(typed, (sign) => {
      const part = this.partAt(sign, 0);
      return part ? shownAs(part, this.people) : sign;
    });
  }
}

/** Where nobody is mentioned, a name is text. */
export function unmentioned(nodes: Inline[]): Inline[] {
  return nodes.map((node): Inline => {
    if (node.kind === "mention") return { kind: "text", text: `@${node.name}` };
    return "of" in node ? { ...node, of: unmentioned(node.of) } : node;
  });
}
