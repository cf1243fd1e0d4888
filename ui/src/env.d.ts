/** The build holds the in-memory host with its demonstration data. */
declare const __DEMO__: boolean;

/** The specification of CommonMark, for a test. */
declare module "commonmark-spec" {
  export const tests: { markdown: string; html: string; section: string; number: number }[];
}

/** Made by the build, see build/emojiTable.ts. */
declare module "virtual:emoji-table" {
  import type { RawTable } from "@/emoji/table";
  const table: RawTable;
  export default table;
}
