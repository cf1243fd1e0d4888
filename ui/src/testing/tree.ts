/** Trees of texts as one line, to compare. */
import type { Block, Inline, Item } from "@/text/parse";

export function show(nodes: (Block | Inline)[]): string {
  return nodes
    .map((node): string => {
      switch (node.kind) {
        case "text":
          return node.text;
        case "code":
          return "language" in node
            ? `<pre ${node.language}>${node.text}</pre>`
            : `<code>${node.text}</code>`;
        case "break":
          return "<br>";
        case "rule":
          return "<hr>";
        case "mention":
          return `<@${node.user ?? ""}:${node.name}>`;
        case "link":
          return `<a ${node.url}>${show(node.of)}</a>`;
        case "list": {
          const { numbers } = node;
          const sign = numbers ? `ol ${numbers.start}${numbers.after === ")" ? ")" : ""}` : "ul";
          return `<${sign}>${node.items.map(item).join("")}</>`;
        }
        case "table":
          return `<table>${[node.head, ...node.rows].map((row) => `<tr>${row.map((cell) => `<td>${show(cell)}`).join("")}`).join("")}</table>`;
        default:
          return `<${node.kind}>${show(node.of)}</${node.kind}>`;
      }
    })
    .join("");
}

/** An item that begins with a paragraph, without the sign of that. */
function item({ done, of }: Item): string {
  const [first, ...more] = of;
  const words = first?.kind === "paragraph" ? show(first.of) + show(more) : show(of);
  return `<li${done === null ? "" : done ? " x" : " o"}>${words}</li>`;
}
