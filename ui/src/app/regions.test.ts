import { afterEach, describe, expect, it } from "vitest";
import { KEYS, actionOf } from "./keys";
import { focusRegion } from "./regions";

afterEach(() => (document.body.innerHTML = ""));

describe("F6", () => {
  it("is a shortcut, both ways", () => {
    const press = (shiftKey: boolean) => actionOf(new KeyboardEvent("keydown", { key: "F6", shiftKey }));
    expect([press(false), press(true)]).toEqual(["region", "region"]);
    expect(KEYS.some(({ words }) => words === "region")).toBe(true);
  });

  it("walks rooms, messages, composer and details, around and back", () => {
    document.body.innerHTML = `
      <nav data-region><button>menu</button><button class="room" tabindex="-1">a</button>
        <button class="room" tabindex="0" id="rooms">b</button></nav>
      <div data-region tabindex="0" id="log"><button>copy</button></div>
      <div data-region><button>send</button><textarea id="composer"></textarea></div>
      <aside data-region><button id="details">close</button></aside>`;
    const walk = (by: 1 | -1) => {
      focusRegion(document, by);
      return document.activeElement?.id;
    };
    expect([walk(1), walk(1), walk(1), walk(1), walk(1)]).toEqual([
      "rooms",
      "log",
      "composer",
      "details",
      "rooms",
    ]);
    expect([walk(-1), walk(-1)]).toEqual(["details", "composer"]);
  });
});
