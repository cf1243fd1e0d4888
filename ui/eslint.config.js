import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import vue from "eslint-plugin-vue";
import ts from "typescript-eslint";

/** Who may import whom, as ARCHITECTURE.md has it. */
const only = (files, patterns, message) => ({
  files,
  rules: {
    "no-restricted-imports": ["error", { patterns: [{ group: patterns, message }] }],
  },
});
const tauri = ["@tauri-apps/*"];

export default ts.config(
  { ignores: ["dist", "dist-demo", "test-results", "playwright-report", "src/generated"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...vue.configs["flat/recommended"],
  {
    files: ["**/*.vue"],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    rules: {
      // The compiler checks names, with types.
      "no-undef": "off",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "vue/no-v-html": "error",
      "vue/block-order": ["error", { order: ["script", "template", "style"] }],
      "vue/component-api-style": ["error", ["script-setup"]],
      "vue/define-macros-order": [
        "error",
        { order: ["defineOptions", "defineModel", "defineProps", "defineEmits"] },
      ],
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ["**/*.vue"], rules: { "max-lines": ["error", { max: 300 }] } },
  only(
    ["src/components/**"],
    [...tauri, "@/stores/*", "@/features/**", "@/host/*"],
    "components know neither stores nor features",
  ),
  only(
    ["src/stores/**"],
    [...tauri, "@/components/*", "@/features/**"],
    "stores know only the generated types and the host's seam",
  ),
  only(
    ["src/app/**", "src/a11y/**", "src/emoji/**", "src/i18n/**", "src/text/**"],
    tauri,
    "only host/tauri.ts speaks to the shell",
  ),
  ...[
    "composer",
    "connection",
    "details",
    "people",
    "rooms",
    "settings",
    "spaces",
    "switcher",
    "timeline",
    "welcome",
  ].map((area) =>
    only([`src/features/${area}/**`], [...tauri, "@/features/**"], "a feature never imports another one"),
  ),
  prettier,
  {
    files: ["**/*.test.ts", "e2e/**"],
    rules: { "max-lines": "off", "vue/one-component-per-file": "off", "no-restricted-imports": "off" },
  },
);
