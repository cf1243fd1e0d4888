/** Positions of rows of different heights, of which only some are measured. Pure. */

/** Measured heights kept for rows that are no longer loaded. */
const FORGOTTEN = 4000;

export class Layout {
  private estimates = new Float64Array();
  private tops = new Float64Array(1);
  private index = new Map<string, number>();
  private heights = new Map<string, number>();
  private keys: readonly string[] = [];

  /** Sets the rows; `estimate` gives the height of those that are not measured. */
  take(keys: readonly string[], estimate: (at: number) => number) {
    this.keys = keys;
    this.index = new Map(keys.map((key, at) => [key, at]));
    // Unloaded rows may come back. Only far more than that is dropped.
    if (this.heights.size > keys.length + FORGOTTEN) {
      for (const key of this.heights.keys()) if (!this.index.has(key)) this.heights.delete(key);
    }
    this.estimates = Float64Array.from(keys, (_, at) => estimate(at));
    this.tops = new Float64Array(keys.length + 1);
    this.settle();
  }

  /** Records a measured height. Returns whether it changed; `settle` applies it. */
  measure(key: string, height: number): boolean {
    if (this.heights.get(key) === height) return false;
    this.heights.set(key, height);
    return true;
  }

  /** Recomputes all positions. */
  settle() {
    for (let at = 0; at < this.keys.length; at++) {
      const height = this.heights.get(this.keys[at] ?? "") ?? this.estimates[at] ?? 0;
      this.tops[at + 1] = this.top(at) + height;
    }
  }

  /** Drops all measured heights, because the width changed. */
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

  /** The index of the row at a vertical position. */
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
