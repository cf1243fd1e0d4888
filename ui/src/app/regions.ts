/** F6 walks through the parts of the screen, as in other programs: rooms, messages, composer, details. */

/** A part is marked with `data-region`; the focus goes to the part itself or to what it is mainly for. */
const MAINLY = "textarea, .room[tabindex='0'], button, input, [tabindex='0']";

/** Brings the focus into the next part that takes it; `by` is 1 or −1. */
export function walkRegions(root: ParentNode, by: 1 | -1) {
  const regions = [...root.querySelectorAll<HTMLElement>("[data-region]")];
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const from = at < 0 ? (by > 0 ? -1 : 0) : at;
  for (let n = 1; n <= regions.length; n++) {
    const region = regions[(from + by * n + regions.length * (n + 1)) % regions.length];
    if (!region) continue;
    const goal = region.tabIndex === 0 ? region : mainly(region);
    goal?.focus({ preventScroll: region.tabIndex === 0 });
    // What is hidden takes no focus: a narrow window has no list of rooms.
    if (goal && document.activeElement === goal) return;
  }
}

function mainly(region: HTMLElement): HTMLElement | null {
  for (const selector of MAINLY.split(", ")) {
    const found = region.querySelector<HTMLElement>(selector);
    if (found) return found;
  }
  return null;
}
