/** F6 moves the focus to the next region of the screen: rooms, messages, composer, details. */

/** Within a region (`data-region`) that takes no focus itself, the first match gets it, in this order. */
const MAIN_CONTROLS = "textarea, .room[tabindex='0'], button, input, [tabindex='0']";

/** Focuses the next region that accepts the focus; `by` is 1 or −1. */
export function focusRegion(root: ParentNode, by: 1 | -1) {
  const regions = [...root.querySelectorAll<HTMLElement>("[data-region]")];
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const from = at < 0 ? (by > 0 ? -1 : 0) : at;
  for (let n = 1; n <= regions.length; n++) {
    const region = regions[(from + by * n + regions.length * (n + 1)) % regions.length];
    if (!region) continue;
    const goal = region.tabIndex === 0 ? region : mainControl(region);
    goal?.focus({ preventScroll: region.tabIndex === 0 });
    // A hidden region takes no focus, such as the list of rooms in a narrow window.
    if (goal && document.activeElement === goal) return;
  }
}

function mainControl(region: HTMLElement): HTMLElement | null {
  for (const selector of MAIN_CONTROLS.split(", ")) {
    const found = region.querySelector<HTMLElement>(selector);
    if (found) return found;
  }
  return null;
}
