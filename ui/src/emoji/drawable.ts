/**
 * Which emoji this webview draws as one picture.
 *
 * The font of the system decides, and it is older than the table on most machines: what it lacks would
 * be a box, or several pictures in a row. Fonts gain whole versions of Unicode, so one emoji of each
 * version and form stands for all of them, and is tried once.
 */

/** Whether an emoji is drawn as one picture in colours. */
export type Probe = (emoji: string) => boolean;

/** In pixels: large enough that no two pictures look alike. */
const SIZE = 24;
/** A sequence that is not joined is about as wide as its parts. */
const WIDER = 1.5;
/** In every font since 2012. */
const KNOWN = "😀";
const BLACK_FLAG = "🏴";

/** Null where it can't be told: there is no canvas, or no picture has colours. */
export function canvasProbe(): Probe | null {
  const canvas = document.createElement("canvas");
  canvas.width = 2 * SIZE;
  canvas.height = 2 * SIZE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  const family = getComputedStyle(document.documentElement).getPropertyValue("--emoji");
  context.font = `${SIZE}px ${family.trim() || "sans-serif"}`;
  context.textBaseline = "top";

  const pixels = (text: string, colour: string): Uint32Array => {
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = colour;
    context.fillText(text, 0, SIZE / 4);
    return new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  };
  const width = context.measureText(KNOWN).width;

  const probe: Probe = (emoji) => {
    if (context.measureText(emoji).width > WIDER * width) return false;
    const drawn = pixels(emoji, "#000");
    // A box and letters have the colour of text, a picture has its own.
    if (!drawn.some((pixel) => pixel !== 0) || !same(drawn, pixels(emoji, "#fff"))) return false;
    return !isPartFlag(emoji) || !same(drawn, pixels(BLACK_FLAG, "#000"));
  };
  return probe(KNOWN) ? probe : null;
}

const same = (a: Uint32Array, b: Uint32Array) => a.every((pixel, at) => pixel === b[at]);

/** Tags that a font does not know are not drawn, which leaves a black flag. */
const isPartFlag = (emoji: string) => /[\u{E0020}-\u{E007F}]/u.test(emoji);

function formOf(emoji: string): string {
  if (isPartFlag(emoji)) return "part";
  if (/\p{RI}/u.test(emoji)) return "flag";
  return emoji.includes("\u200D") ? "joined" : "single";
}

/** Whether an emoji of a version can be drawn. Everything can where that can't be told. */
export function drawable(probe: Probe | null): (emoji: string, version: number) => boolean {
  if (!probe) return () => true;
  const known = new Map<string, boolean>();
  return (emoji, version) => {
    const kind = `${formOf(emoji)} ${version}`;
    const before = known.get(kind);
    if (before !== undefined) return before;
    const drawn = probe(emoji);
    known.set(kind, drawn);
    return drawn;
  };
}
