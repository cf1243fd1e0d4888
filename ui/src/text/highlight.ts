/**
 * Colours for code, as tokens and never as HTML. Loaded when the first block of code is on the
 * screen; a language when it is needed.
 */
import type { Emitter, LanguageFn } from "highlight.js";
import hljs from "highlight.js/lib/core";

export interface Token {
  text: string;
  kind: string;
}

const languages: Record<string, () => Promise<{ default: LanguageFn }>> = {
  bash: () => import("highlight.js/lib/languages/bash"),
  c: () => import("highlight.js/lib/languages/c"),
  cpp: () => import("highlight.js/lib/languages/cpp"),
  css: () => import("highlight.js/lib/languages/css"),
  diff: () => import("highlight.js/lib/languages/diff"),
  go: () => import("highlight.js/lib/languages/go"),
  ini: () => import("highlight.js/lib/languages/ini"),
  java: () => import("highlight.js/lib/languages/java"),
  javascript: () => import("highlight.js/lib/languages/javascript"),
  json: () => import("highlight.js/lib/languages/json"),
  python: () => import("highlight.js/lib/languages/python"),
  rust: () => import("highlight.js/lib/languages/rust"),
  sql: () => import("highlight.js/lib/languages/sql"),
  typescript: () => import("highlight.js/lib/languages/typescript"),
  xml: () => import("highlight.js/lib/languages/xml"),
  yaml: () => import("highlight.js/lib/languages/yaml"),
};
const aliases: Record<string, string> = {
  sh: "bash",
  shell: "bash",
  js: "javascript",
  ts: "typescript",
  py: "python",
  rs: "rust",
  toml: "ini",
  html: "xml",
  vue: "xml",
  yml: "yaml",
  "c++": "cpp",
};

/** Collects tokens where the library would write HTML. */
class Tokens implements Emitter {
  readonly list: Token[] = [];
  private scopes: string[] = [];

  addText(text: string) {
    this.list.push({ text, kind: this.scopes.at(-1) ?? "" });
  }
  startScope(name: string) {
    this.scopes.push(name.split(".")[0] ?? "");
  }
  endScope() {
    this.scopes.pop();
  }
  // The older names of the two, which the library itself still uses.
  openNode(name: string) {
    this.startScope(name);
  }
  closeNode() {
    this.endScope();
  }
  __addSublanguage(emitter: Emitter) {
    if (emitter instanceof Tokens) this.list.push(...emitter.list);
  }
  finalize() {
    /* nothing is left open */
  }
  toHTML(): string {
    return "";
  }
}
hljs.configure({ __emitter: Tokens });

/** The tokens of a text; null for a language that is not known. */
export async function highlight(text: string, language: string): Promise<Token[] | null> {
  const name = aliases[language.toLowerCase()] ?? language.toLowerCase();
  const load = languages[name];
  if (!load) return null;
  if (!hljs.getLanguage(name)) hljs.registerLanguage(name, (await load()).default);
  const { _emitter: emitter } = hljs.highlight(text, { language: name, ignoreIllegals: true });
  // Colours are a kindness, the text is not: tokens that do not add up to it are not shown.
  return emitter instanceof Tokens && emitter.list.map((token) => token.text).join("") === text
    ? emitter.list
    : null;
}
