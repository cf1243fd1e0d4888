import { afterEach, describe, expect, it, vi } from "vitest";
import type { Host } from "@/host/types";
import { answerPaintProbe } from "./paintProbe";

const host = (painted: () => Promise<void>) => ({ painted }) as unknown as Host;
const frames: FrameRequestCallback[] = [];
const draw = () => frames.splice(0).forEach((frame) => frame(0));

describe("being painted", () => {
  afterEach(() => vi.restoreAllMocks());

  it("is told after two frames, and again when the program asks", () => {
    vi.spyOn(window, "requestAnimationFrame").mockImplementation((frame) => frames.push(frame));
    const painted = vi.fn(() => Promise.resolve());
    answerPaintProbe(host(painted));
    draw();
    expect(painted).not.toHaveBeenCalled();
    draw();
    expect(painted).toHaveBeenCalledTimes(1);
    window.dispatchEvent(new Event("homing:painted?"));
    draw();
    draw();
    expect(painted).toHaveBeenCalledTimes(2);
  });

  it("is told at once by a page that nobody can see", () => {
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    const painted = vi.fn(() => Promise.reject(new Error("no window")));
    answerPaintProbe(host(painted));
    expect(painted).toHaveBeenCalledTimes(1);
  });
});
