/**
 * How high the text of a message will be, from its lines alone. It is asked of every row that was not
 * measured, so it reads no marks; what it misses by is a spacer that is a little too long or too short.
 */
import { FOLDED } from "@/components/codeFold";
import { isOnlyEmoji } from "@/text/emoji";

/** Heights in pixels, as in rich.css and CodeBlock.vue. */
const LINE = 21;
const LARGE = 40;
const BETWEEN = 4;
const TABLE_ROW = 30;
const CODE_LINE = 19;
const CODE_EDGES = 32;
const UNFOLD = 32;
/** Mean widths of a letter, and of a sign of Chinese, Japanese or Korean. */
const LETTER = 7.2;
const WIDE = 14.5;
/** A longer line is not looked through. */
const LOOKED_THROUGH = 4000;

function widthOf(line: string): number {
  if (line.length > LOOKED_THROUGH) return line.length * LETTER;
  let width = 0;
  for (let at = 0; at < line.length; at++) width += line.charCodeAt(at) >= 0x2e80 ? WIDE : LETTER;
  return width;
}

function codeHeight(lines: number): number {
  return CODE_EDGES + Math.min(lines, FOLDED) * CODE_LINE + (lines > FOLDED ? UNFOLD : 0);
}

/** The height of a text in a column of `width` pixels. */
export function textHeight(text: string, width: number): number {
  if (isOnlyEmoji(text)) return LARGE;
  let height = 0;
  /** Lines of the code that is open. */
  let code: number | null = null;
  for (const line of text.split("\n")) {
    const fence = /^ {0,3}(?:`{3,}[^`]*|~{3,}.*)$/.test(line);
    if (code !== null && fence) {
      height += codeHeight(code);
      code = null;
    } else if (code !== null) code++;
    else if (fence) code = 0;
    else if (line.trim() === "") height += BETWEEN;
    else if (line.startsWith("|")) height += line.includes("-") && /^[\s|:-]+$/.test(line) ? 0 : TABLE_ROW;
    else height += LINE * Math.max(1, Math.ceil(widthOf(line) / width));
  }
  return height + (code === null ? 0 : codeHeight(code));
}
