/** The text of a message without its markup, as on the screen. */
import { type Block, type Inline, signOf } from "./tree";

/** The boxes of tasks, as text. */
export const BOX = { ticked: "☑", empty: "☐" } as const;

/** The words of a line. */
export function words(nodes: Inline[]): string {
  return nodes
    .map((node) => {
      switch (node.kind) {
        case "text":
        case "code":
          return node.text;
        case "mention":
          return `@${node.name}`;
        case "break":
          return "\n";
        default:
          return words(node.of);
      }
    })
    .join("");
}

/** Blocks one per line, with the markers of list items. */
export function plain(blocks: Block[]): string {
  return blocks
    .map((block) => {
      switch (block.kind) {
        case "paragraph":
        case "heading":
          return words(block.of);
        case "code":
          return block.text;
        case "quote":
          return plain(block.of);
        case "list":
          return block.items
            .map(({ done, of }, at) => {
              const box = done === null ? null : done ? BOX.ticked : BOX.empty;
              // A box takes the place of a bullet, but not of a number.
              const sign = [box === null || block.numbers ? signOf(block, at) : null, box]
                .filter((part) => part !== null)
                .join(" ");
              return `${sign} ${plain(of)}`.replaceAll("\n", `\n${" ".repeat(sign.length + 1)}`);
            })
            .join("\n");
        case "table":
          return [block.head, ...block.rows].map((row) => row.map(words).join("\t")).join("\n");
        case "rule":
          return "---";
      }
    })
    .join("\n");
}
