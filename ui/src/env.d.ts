/** The build holds the in-memory host with its demonstration data. */
declare const __DEMO__: boolean;

/** The specification of CommonMark, for a test. */
declare module "commonmark-spec" {
  export const tests: { markdown: string; html: string; section: string; number: number }[];
}
