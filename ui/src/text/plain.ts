/** The text of a message without its markup, as on the screen. */
import type { Block, Inline } from "./tree";

function words(nodes: Inline[]): string {
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
            .map((item, at) => {
              const sign = block.start === null ? "• " : `${block.start + at}. `;
              return sign + plain(item).replaceAll("\n", `\n${" ".repeat(sign.length)}`);
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
