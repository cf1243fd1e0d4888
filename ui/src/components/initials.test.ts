import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import AvatarFace from "./AvatarFace.vue";

describe("a face", () => {
  it.each([
    ["王芳", "m", "王芳"],
    ["王芳", "s", "王"],
    ["王芳", "xs", "王"],
    ["Mei Lin", "s", "ML"],
    ["kim", "s", "KI"],
    ["상희", "xs", "상"],
  ] as const)("of %s in size %s shows %s", (name, size, letters) => {
    expect(mount(AvatarFace, { props: { id: "x", name, size } }).text()).toBe(letters);
  });
});
