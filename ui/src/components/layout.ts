/** Where rows of different heights stand, of which only some were ever measured. Pure. */

/** Heights of rows that are no longer held, kept for their return. */
const FORGOTTEN = 4000;

export class Layout {
  private estimates = new Float64Array();
  private tops = new Float64Array(1);
  private index = new Map<string, number>();
  private heights = new Map<string, number>();
  private keys: readonly string[] = [];

  /** Takes the rows as they are now; `estimate` speaks for those that were not measured. */
  take(keys: readonly string[], estimate: (at: number) => number) {
    this.keys = keys;
    this.index = new Map(keys.map((key, at) => [key, at]));
    // What left the window may come back; far more of it than is ever held is let go.
    if (this.heights.size > keys.length + FORGOTTEN) {
      for (const key of this.heights.keys()) if (!this.index.has(key)) this.heights.delete(key);
    }
    this.estimates = Float64Array.from(keys, (_, at) => estimate(at));
    this.tops = new Float64Array(keys.length + 1);
    this.settle();
  }

  /** Takes a measured height. Answers whether it is a new one; `settle` makes it count. */
  measure(key: string, height: number): boolean {
    if (this.heights.get(key) === height) return false;
    this.heights.set(key, height);
    return true;
  }

  /** Counts the heights anew. */
  settle() {
    for (let at = 0; at < this.keys.length; at++) {
      const height = this.heights.get(this.keys[at] ?? "") ?? this.estimates[at] ?? 0;
      this.tops[at + 1] = this.top(at) + height;
    }
  }

  /** All measured heights are void: the width changed. */
  forget() {
    this.heights.clear();
  }

  get count(): number {
    return this.keys.length;
  }

  get total(): number {
    return this.top(this.keys.length);
  }

  top(at: number): number {
    return this.tops[at] ?? 0;
  }

  at(key: string): number {
    return this.index.get(key) ?? -1;
  }

  /** The row that covers a height. */
  find(y: number): number {
    let low = 0;
    let high = this.keys.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.top(middle) <= y) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }
}
