/**
 * The text of a message on the screen. It is built node by node from the syntax tree, so whatever
 * somebody writes can only ever be text.
 *
 * Each block has a direction of its own, and so has each line of a paragraph (`unicode-bidi` in
 * rich.css). Code and addresses are written from left to right wherever they stand.
 */
import { type FunctionalComponent, type VNode, h } from "vue";
import { type Direction, directionOf } from "@/text/direction";
import { isOnlyEmoji } from "@/text/emoji";
import { type Block, type Inline, type Item, parse, signOf } from "@/text/parse";
import type { Known } from "@/text/token";
import CodeBlock from "./CodeBlock.vue";
import TableBox from "./TableBox.vue";
import TaskBox from "./TaskBox.vue";

interface Props {
  text: string;
  people: Known;
  /** Who reads. */
  me: string;
  /** Stands after the last word, and is no part of the text. It can be clicked. */
  mark?: string;
  /** The mark is a tab stop. */
  reach?: boolean;
}

type Emits = {
  open: (url: string) => void;
  copy: (text: string) => void;
  /** The mark was clicked. */
  mark: (from: HTMLElement) => void;
};

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
        return h(
          "bdi",
          { class: ["at", { me: node.user === null || node.user === props.me }] },
          `@${node.name}`,
        );
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

  /**
   * `around` is the direction of what it stands in: where a block says nothing, that holds. `box` is that of a
   * task, in the line that it belongs to.
   */
  const block = (node: Block, around: Direction, box?: VNode): VNode => {
    const dir = directionOf([node]) ?? around;
    switch (node.kind) {
      case "paragraph":
      case "heading": {
        const words = node.of.map(inline);
        const style = node.kind === "heading" ? "heading" : undefined;
        return h("p", { dir, class: style }, box ? [box, ...words] : words);
      }
      case "code":
        return h(CodeBlock, {
          text: node.text,
          language: node.language,
          onCopy: (text: string) => emit("copy", text),
        });
      case "quote":
        return h("blockquote", { dir }, blocks(node.of, dir));
      case "list": {
        const tasks = node.items.some(({ done }) => done !== null);
        const items = node.items.map((one, at) => {
          // Browsers write "1." by themselves.
          const sign =
            node.numbers?.after === ")" ? { listStyleType: JSON.stringify(`${signOf(node, at)} `) } : {};
          return item(one, dir, sign);
        });
        // WebKit takes a list without signs for none, if it isn't told.
        const role = tasks ? "list" : undefined;
        if (!node.numbers) return h("ul", { dir, role }, items);
        const digits = signOf(node, node.items.length - 1).length;
        return h("ol", { dir, role, start: node.numbers.start, style: { "--digits": digits } }, items);
      }
      case "table": {
        const cell = (tag: "th" | "td", of: Inline[], at: number) => {
          const scope = tag === "th" ? "col" : undefined;
          return h(tag, { dir: directionOf(of) ?? dir, class: node.align[at], scope }, of.map(inline));
        };
        const row = (of: Inline[][]) => {
          const cells = of.map((one, at) => cell("td", one, at));
          // One for all that are missing: many rows of many columns are too much for a page.
          const missing = node.head.length - of.length;
          return h("tr", missing > 0 ? [...cells, h("td", { colspan: missing })] : cells);
        };
        const head = () =>
          h(
            "tr",
            node.head.map((one, at) => cell("th", one, at)),
          );
        return h(TableBox, () => h("table", { dir }, [h("thead", [head()]), h("tbody", node.rows.map(row))]));
      }
      case "rule":
        return h("hr");
    }
  };

  const item = ({ done, of }: Item, around: Direction, style: object): VNode => {
    const dir = directionOf(of) ?? around;
    const [first, ...more] = of;
    if (done === null || !first) return h("li", { dir, style }, blocks(of, dir));
    const box = h(TaskBox, { done });
    const words = first.kind === "paragraph" || first.kind === "heading";
    return h("li", { dir, class: "task" }, [
      ...(words ? [block(first, dir, box)] : [box, block(first, dir)]),
      ...blocks(more, dir),
    ]);
  };
  const blocks = (nodes: Block[], around: Direction) => nodes.map((node) => block(node, around));

  const tree = parse(props.text, props.people);
  const dir = directionOf(tree) ?? "ltr";
  const drawn = blocks(tree, dir);
  if (props.mark) {
    const onClick = (event: MouseEvent) => emit("mark", event.currentTarget as HTMLElement);
    const tabindex = props.reach ? 0 : -1;
    const mark = h(
      "button",
      { class: "mark", type: "button", tabindex, "aria-haspopup": "dialog", onClick },
      props.mark,
    );
    const last = drawn.at(-1);
    if (last?.type === "p" && Array.isArray(last.children)) last.children.push(" ", mark);
    else drawn.push(h("p", { dir }, [mark]));
  }
  return h("div", { class: ["rich", { large: isOnlyEmoji(props.text) }], dir }, drawn);
};
RichText.props = ["text", "people", "me", "mark", "reach"];
RichText.emits = ["open", "copy", "mark"];

export default RichText;
