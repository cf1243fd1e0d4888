/**
 * Undo history of a text. Pure.
 *
 * The browser's own history breaks when the program changes the text, for example by completing a name
 * or switching to another draft. WebKitGTK also binds no key to it.
 */

/** A text and its selection. `start` equals `end` for a caret. */
export interface Moment {
  text: string;
  /** The text with its mentions. */
  written: string;
  start: number;
  end: number;
}

/** Steps kept for a text: more than anybody undoes. */
const STEPS = 200;

/** A pause of this many milliseconds begins a new step. */
const PAUSE_MS = 2000;

type Kind = "write" | "delete" | "change";

export class History {
  private past: Moment[] = [];
  private future: Moment[] = [];
  private last: { kind: Kind; at: number } | null = null;

  constructor(
    private now: Moment,
    private readonly clock: () => number = Date.now,
  ) {}

  get text(): string {
    return this.now.text;
  }

  /** The selection changed, the text did not. */
  moved(start: number, end: number): void {
    if (start === this.now.start && end === this.now.end) return;
    this.now = { ...this.now, start, end };
    this.last = null;
  }

  /** The text changed. Consecutive keys of one word are one step. */
  changed(next: Moment): void {
    if (next.text === this.now.text) {
      this.now = { ...this.now, written: next.written };
      return;
    }
    const kind = kindOf(this.now, next);
    const at = this.clock();
    const joins =
      kind !== "change" &&
      this.last?.kind === kind &&
      at - this.last.at < PAUSE_MS &&
      !(kind === "write" && beginsWord(next));
    if (!joins) {
      this.past.push(this.now);
      if (this.past.length > STEPS) this.past.shift();
    }
    this.future = [];
    this.now = next;
    this.last = { kind, at };
  }

  undo(): Moment | null {
    return this.step(this.past, this.future);
  }

  redo(): Moment | null {
    return this.step(this.future, this.past);
  }

  private step(from: Moment[], to: Moment[]): Moment | null {
    const moment = from.pop();
    if (!moment) return null;
    to.push(this.now);
    this.now = moment;
    this.last = null;
    return moment;
  }
}

/** Whether one character was typed or deleted at the caret, or something else happened. */
function kindOf(before: Moment, after: Moment): Kind {
  if (before.start !== before.end) return "change";
  const grown = after.text.length - before.text.length;
  const caret = before.start;
  const begins = (one: string, other: string, length: number) =>
    one.slice(0, length) === other.slice(0, length);
  const ends = (one: string, from: number, other: string, at: number) => one.slice(from) === other.slice(at);
  // One key produces at most two UTF-16 units.
  if (
    grown >= 1 &&
    grown <= 2 &&
    begins(before.text, after.text, caret) &&
    ends(after.text, caret + grown, before.text, caret)
  )
    return "write";
  if (grown >= -2 && grown < 0) {
    const behind = caret + grown;
    if (
      behind >= 0 &&
      begins(before.text, after.text, behind) &&
      ends(before.text, caret, after.text, behind)
    )
      return "delete";
    if (begins(before.text, after.text, caret) && ends(before.text, caret - grown, after.text, caret))
      return "delete";
  }
  return "change";
}

/** Whether the character before the caret begins a word. */
function beginsWord({ text, start }: Moment): boolean {
  return start > 1 && /\s\S$/u.test(text.slice(0, start));
}
