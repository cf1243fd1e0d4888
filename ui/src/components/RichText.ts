/**
 * The text of a message on the screen. It is built node by node from the syntax tree, so whatever
 * somebody writes can only ever be text.
 */
import { type FunctionalComponent, type VNode, h } from "vue";
import { type Block, type Inline, type Mentionable, isOnlyEmoji, parse } from "@/text/parse";
import CodeBlock from "./CodeBlock.vue";

interface Props {
  text: string;
  people: Mentionable[];
  /** Who reads. */
  me: string;
}

type Emits = { open: (url: string) => void };

const RichText: FunctionalComponent<Props, Emits> = (props, { emit }) => {
  const style = { bold: "b", italic: "i", strike: "s" } as const;

  const inline = (node: Inline): VNode | string => {
    switch (node.kind) {
      case "text":
        return node.text;
      case "code":
        return h("code", node.text);
      case "bold":
      case "italic":
      case "strike":
        return h(style[node.kind], node.of.map(inline));
      case "break":
        return h("br");
      case "mention":
        return h("span", { class: ["at", { me: node.user === props.me }] }, `@${node.name}`);
      case "link":
        return h(
          "a",
          {
            href: node.url,
            title: node.url,
            rel: "noopener noreferrer",
            onClick: (event: Event) => {
              event.preventDefault();
              emit("open", node.url);
            },
          },
          node.of.map(inline),
        );
    }
  };

  const block = (node: Block): VNode => {
    switch (node.kind) {
      case "paragraph":
        return h("p", node.of.map(inline));
      case "code":
        return h(CodeBlock, { text: node.text, language: node.language });
      case "quote":
        return h("blockquote", node.of.map(block));
      case "list": {
        const items = node.items.map((item) => h("li", item.map(inline)));
        return node.start === null ? h("ul", items) : h("ol", { start: node.start }, items);
      }
    }
  };

  return h(
    "div",
    { class: ["rich", { large: isOnlyEmoji(props.text) }], dir: "auto" },
    parse(props.text, props.people).map(block),
  );
};
RichText.props = ["text", "people", "me"];
RichText.emits = ["open"];

export default RichText;
