import { expect, it } from "vitest";
import { nextZoom } from "./zoom";

it.each([
  [100, 1, 110],
  [100, -1, 90],
  [99, 1, 100],
  [300, 1, 300],
  [50, -1, 50],
  [250, 1, 300],
] as const)("a step from %i by %i is %i", (from, by, to) => expect(nextZoom(from, by)).toBe(to));
