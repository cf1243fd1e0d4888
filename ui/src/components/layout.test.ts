import { describe, expect, it } from "vitest";
import { Layout } from "./layout";

const keys = (n: number) => Array.from({ length: n }, (_, at) => `k${at}`);

describe("a layout", () => {
  it("stands on estimates until something was measured", () => {
    const layout = new Layout();
    layout.take(keys(10), () => 20);
    expect(layout.total).toBe(200);
    expect(layout.measure("k2", 50)).toBe(true);
    expect(layout.measure("k2", 50)).toBe(false);
    layout.settle();
    expect([layout.top(2), layout.top(3), layout.total]).toEqual([40, 90, 230]);
  });

  it("keeps what was measured when rows come before it", () => {
    const layout = new Layout();
    layout.take(["b", "c"], () => 20);
    layout.measure("b", 70);
    layout.settle();
    layout.take(["a", "b", "c"], () => 20);
    expect([layout.at("b"), layout.top(1), layout.top(2), layout.total]).toEqual([1, 20, 90, 110]);
  });

  it.each([
    [-5, 0],
    [0, 0],
    [19.9, 0],
    [20, 1],
    [199, 9],
    [5000, 9],
  ])("finds the row at %d", (y, at) => {
    const layout = new Layout();
    layout.take(keys(10), () => 20);
    expect(layout.find(y)).toBe(at);
  });

  it("is nothing without rows", () => {
    const layout = new Layout();
    layout.take([], () => 20);
    expect([layout.total, layout.find(10), layout.count]).toEqual([0, 0, 0]);
  });
});
