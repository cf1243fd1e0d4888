/**
 * The text of a message on the screen. It is built node by node from the syntax tree, so whatever
 * somebody writes can only ever be text.
 *
 * Each block has a direction of its own, and so has each line of a paragraph (`unicode-bidi` in
 * rich.css). Code and addresses are written from left to right wherever they stand.
 */
import { type FunctionalComponent, type VNode, h } from "vue";
import { type Direction, directionOf } from "@/text/direction";
import { type Block, type Inline, type Mentionable, isOnlyEmoji, parse } from "@/text/parse";
import CodeBlock from "./CodeBlock.vue";

interface Props {
  text: string;
  people: Mentionable[];
  /** Who reads. */
  me: string;
}

type Emits = { open: (url: string) => void; copy: (text: string) => void };

const style = { bold: "b", italic: "i", strike: "s" } as const;

const RichText: FunctionalComponent<Props, Emits> = (props, { emit }) => {
  const inline = (node: Inline): VNode | string => {
    switch (node.kind) {
      case "text":
        return node.text;
      case "code":
        return h("code", { dir: "ltr" }, node.text);
      case "bold":
      case "italic":
      case "strike":
        return h(style[node.kind], node.of.map(inline));
      case "break":
        return h("br");
      case "mention":
        return h("bdi", { class: ["at", { me: node.user === props.me }] }, `@${node.name}`);
      case "link": {
        const open = (event: Event) => {
          event.preventDefault();
          emit("open", node.url);
        };
        return h(
          "a",
          {
            href: node.url,
            title: node.url,
            rel: "noopener noreferrer",
            dir: directionOf([node]) ?? "ltr",
            onClick: open,
            // The middle button, which browsers give to a tab that there is not.
            onAuxclick: (event: MouseEvent) => event.button === 1 && open(event),
          },
          node.of.map(inline),
        );
      }
    }
  };

  /** `around` is the direction of what it stands in: where a block says nothing, that holds. */
  const block = (node: Block, around: Direction): VNode => {
    const dir = directionOf([node]) ?? around;
    switch (node.kind) {
      case "paragraph":
        return h("p", { dir }, node.of.map(inline));
      case "heading":
        return h("p", { dir, class: "heading" }, node.of.map(inline));
      case "code":
        return h(CodeBlock, {
          text: node.text,
          language: node.language,
          onCopy: (text: string) => emit("copy", text),
        });
      case "quote":
        return h("blockquote", { dir }, blocks(node.of, dir));
      case "list": {
        const items = node.items.map((item) => {
          const own = directionOf(item) ?? dir;
          return h("li", { dir: own }, blocks(item, own));
        });
        return node.start === null ? h("ul", { dir }, items) : h("ol", { dir, start: node.start }, items);
      }
      case "table": {
        const row = (cells: Inline[][], tag: "th" | "td") =>
          h(
            "tr",
            cells.map((cell, at) =>
              h(tag, { dir: directionOf(cell) ?? dir, class: node.align[at] }, cell.map(inline)),
            ),
          );
        return h("div", { class: "table", tabindex: 0 }, [
          h("table", { dir }, [
            h("thead", row(node.head, "th")),
            h(
              "tbody",
              node.rows.map((cells) => row(cells, "td")),
            ),
          ]),
        ]);
      }
      case "rule":
        return h("hr");
    }
  };
  const blocks = (nodes: Block[], around: Direction) => nodes.map((node) => block(node, around));

  const tree = parse(props.text, props.people);
  const dir = directionOf(tree) ?? "ltr";
  return h("div", { class: ["rich", { large: isOnlyEmoji(props.text) }], dir }, blocks(tree, dir));
};
RichText.props = ["text", "people", "me"];
RichText.emits = ["open", "copy"];

export default RichText;
