/** What jsdom lacks and the interface uses. */
import { vi } from "vitest";
import { handleInputMethods } from "@/input/inputMethod";

handleInputMethods();

vi.stubGlobal(
  "ResizeObserver",
  class {
    observe() {
      /* nothing has a size here */
    }
    unobserve() {
      /* nothing has a size here */
    }
    disconnect() {
      /* nothing has a size here */
    }
  },
);
window.matchMedia = (query: string) =>
  ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }) as unknown as MediaQueryList;
HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.scrollIntoView = () => undefined;
