import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import type { Host } from "@/host/types";
import { stage } from "@/testing/mount";
import WelcomeScreen from "./WelcomeScreen.vue";

const LINK = "homing://join/chat.northlight.example/5RT9-K2QX?fp=iC3k";
afterEach(() => document.body.replaceChildren());

async function arriving() {
  const all = await stage("welcome");
  const wrapper = all.put(WelcomeScreen);
  const fill = async (id: string, text: string) => {
    await wrapper.get(`[data-testid=${id}]`).setValue(text);
    await new Promise((done) => setTimeout(done, 5));
    await flushPromises();
  };
  const joins = () =>
    all.host.calls
      .filter(({ name }) => name === "join")
      .map(({ args }) => args as { attempt: string; session_only: boolean; password: string | null });
  const submit = async () => {
    await wrapper.get("form").trigger("submit");
    await flushPromises();
  };
  return { ...all, wrapper, fill, joins, submit };
}

describe("welcome", () => {
  it("looks into a pasted link and says where it leads", async () => {
    const { wrapper, fill } = await arriving();
    await fill("welcome-link", LINK);
    expect(wrapper.get("[data-testid=welcome-found]").text()).toBe(
      "Mei Lin invited you to Northlight. The server’s certificate matches the link.",
    );
    expect(wrapper.get("[data-testid=welcome-join]").text()).toBe("Join Northlight");
  });

  it.each([
    ["https://example.org/not/a/link", "That isn’t a Homing link"],
    ["homing://join/chat.example/ABCD-EFGH", "Part of the link is missing"],
    ["homing://join/chat.example/EXPIRED?fp=x", "This invitation has expired or was already used"],
  ])("says what is wrong with %s", async (link, words) => {
    const { wrapper, fill } = await arriving();
    await fill("welcome-link", link);
    const field = wrapper.get("[data-testid=welcome-link]");
    expect(field.attributes("aria-invalid")).toBe("true");
    expect(document.getElementById(field.attributes("aria-describedby") ?? "")?.textContent).toContain(words);
  });

  it("joins, and tells where", async () => {
    const { wrapper, fill, submit, homing } = await arriving();
    await fill("welcome-link", LINK);
    await fill("welcome-name", "Aki");
    await submit();
    const [space] = homing.state.spaces.keys();
    expect(wrapper.emitted("entered")).toEqual([[space]]);
  });

  it("does not call a link used up that it has just used", async () => {
    const { host, wrapper, fill, submit } = await arriving();
    const call = host.call.bind(host);
    let answerLate = () => {};
    const late = new Promise<never>((_, refuse) => {
      answerLate = () => refuse({ code: "invite_invalid", text: "used up", retry_after_ms: null });
    });
    host.call = ((name, args) => (name === "inspect_link" ? late : call(name, args))) as Host["call"];
    await fill("welcome-link", LINK);
    await fill("welcome-name", "Locked");
    await submit();
    answerLate();
    await flushPromises();
    expect(wrapper.get("[data-testid=failure]").attributes("data-code")).toBe("keyring");
    expect(wrapper.get("[data-testid=welcome-link]").attributes("aria-invalid")).not.toBe("true");
  });

  it("keeps the attempt's name over retries, and takes a new one for another name", async () => {
    const { wrapper, fill, submit, joins } = await arriving();
    await fill("welcome-link", LINK);
    await fill("welcome-name", "Locked");
    await submit();
    expect(wrapper.get("[data-testid=failure]").attributes("data-code")).toBe("keyring");
    expect(wrapper.get("[data-testid=failure]").text()).toContain("Your keyring is locked");
    await wrapper.get("[data-testid=session-only]").trigger("click");
    await flushPromises();
    expect(joins().map(({ session_only }) => session_only)).toEqual([false, true]);
    expect(joins()[1]?.attempt).toBe(joins()[0]?.attempt);
    await fill("welcome-name", "Mei Lin");
    await submit();
    expect(joins()[2]?.attempt).not.toBe(joins()[0]?.attempt);
    expect(joins()[2]?.attempt).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it("keeps the key behind a passphrase, and goes on with the same attempt", async () => {
    const { wrapper, fill, submit, joins, host } = await arriving();
    await fill("welcome-link", LINK);
    await fill("welcome-name", "Locked");
    await submit();
    await wrapper.get("[data-testid=use-passphrase]").trigger("click");
    const dialog = () => document.querySelector<HTMLElement>("[role=dialog]");
    const type = async (id: string, text: string) => {
      const field = dialog()?.querySelector<HTMLInputElement>(`[data-testid=${id}]`);
      if (!field) throw new Error(`no ${id}`);
      field.value = text;
      field.dispatchEvent(new Event("input"));
      await flushPromises();
    };
    const press = async () => {
      dialog()
        ?.querySelector("form")
        ?.dispatchEvent(new Event("submit", { cancelable: true }));
      await flushPromises();
    };
    await flushPromises();
    await type("passphrase", "short");
    await type("passphrase-again", "short");
    await press();
    expect(dialog()?.textContent).toContain("too short");
    await type("passphrase", "correct horse battery");
    await press();
    expect(dialog()?.textContent).toContain("don’t match");
    expect(host.calls.some(({ name }) => name === "begin_passphrase")).toBe(false);
    await type("passphrase-again", "correct horse battery");
    await press();
    expect(dialog()).toBeNull();
    expect(joins().map(({ session_only }) => session_only)).toEqual([false, false]);
    expect(joins()[1]?.attempt).toBe(joins()[0]?.attempt);
    expect(wrapper.emitted("entered")?.length).toBe(1);
  });

  it("offers to create a keyring, and goes on with the same attempt once there is one", async () => {
    const { wrapper, world, fill, submit, joins, host } = await arriving();
    world.keep({ state: "untried" }, "unused");
    await fill("welcome-link", LINK);
    await fill("welcome-name", "Nowhere");
    await submit();
    expect(wrapper.get("[data-testid=failure]").text()).toContain("has no keyring yet");
    const create = () => wrapper.get("[data-testid=create-keyring]");
    // Its dialog is closed: nothing has changed, and nothing was joined.
    const create_keyring = host.call.bind(host);
    host.call = (name, args) =>
      name === "create_keyring"
        ? Promise.reject({ code: "keyring", text: "no keyring is set up yet", retry_after_ms: null })
        : create_keyring(name, args);
    await create().trigger("click");
    await flushPromises();
    expect(joins().length).toBe(1);
    host.call = create_keyring;
    await create().trigger("click");
    await flushPromises();
    expect(joins()[1]?.attempt).toBe(joins()[0]?.attempt);
    expect(wrapper.emitted("entered")?.length).toBe(1);
  });

  it("asks for the passphrase that the keys are behind", async () => {
    const { wrapper, world, fill, submit } = await arriving();
    world.keep({ state: "absent" }, "closed");
    await fill("welcome-link", LINK);
    await fill("welcome-name", "Locked");
    await submit();
    expect(wrapper.get("[data-testid=failure]").text()).toContain("Your passphrase protects your keys");
    await wrapper.get("[data-testid=enter-passphrase]").trigger("click");
    await flushPromises();
    expect(document.querySelector("[role=dialog]")?.textContent).toContain("Enter your passphrase");
  });

  it("comes in by a device link, as oneself and without another question", async () => {
    const { wrapper, fill, submit, homing, host } = await arriving();
    await fill("welcome-link", LINK.replace("/join/", "/link/"));
    expect(wrapper.get("[data-testid=welcome-found]").text()).toBe(
      "Signing in to Northlight as Aki. Linked from Aki’s laptop (Linux), no password needed.",
    );
    expect(wrapper.find("[data-testid=welcome-name]").exists()).toBe(false);
    expect(wrapper.find("[data-testid=welcome-set-password]").exists()).toBe(false);
    expect(wrapper.get("[data-testid=welcome-join]").text()).toBe("Sign in to Northlight as Aki");
    await submit();
    expect(host.calls.filter(({ name }) => name === "join")).toEqual([]);
    const [space] = homing.state.spaces.keys();
    expect(wrapper.emitted("entered")).toEqual([[space]]);
  });

  it("says what is wrong with a device link that is over", async () => {
    const { wrapper, fill } = await arriving();
    await fill("welcome-link", "homing://link/chat.example/EXPIRED?fp=x");
    const field = wrapper.get("[data-testid=welcome-link]");
    const note = document.getElementById(field.attributes("aria-describedby") ?? "");
    expect(note?.textContent).toContain("Create a new one on your other device");
  });

  it("marks the field that is wrong", async () => {
    const { wrapper, fill, submit } = await arriving();
    await fill("welcome-link", LINK);
    await fill("welcome-name", "Mei Lin");
    await submit();
    expect(wrapper.get("[data-testid=welcome-name]").attributes("aria-invalid")).toBe("true");
    expect(wrapper.find("[data-testid=failure]").exists()).toBe(false);
    await wrapper.get("[data-testid=welcome-set-password]").trigger("click");
    await fill("welcome-name", "Aki");
    await fill("welcome-password", "short");
    await submit();
    expect(wrapper.get("[data-testid=welcome-password]").attributes("aria-invalid")).toBe("true");
  });

  it("starts a space", async () => {
    const { wrapper, fill, submit, host } = await arriving();
    await wrapper.get("[data-testid=welcome-start]").trigger("click");
    await submit();
    expect(host.calls.some(({ name }) => name === "start_space")).toBe(false);
    await fill("start-space-name", "Northlight");
    await fill("start-name", "Aki");
    await submit();
    expect(wrapper.emitted("entered")?.length).toBe(1);
  });

  it("signs in, or says that it can't", async () => {
    const { wrapper, fill, submit } = await arriving();
    await wrapper.get("[data-testid=welcome-sign-in]").trigger("click");
    await fill("sign-in-address", "chat.example");
    await fill("sign-in-name", "Aki");
    await fill("sign-in-password", "wrong horse");
    await submit();
    expect(wrapper.get("[data-testid=failure]").text()).toContain("Name or password is wrong");
    await fill("sign-in-password", "correct horse");
    await submit();
    expect(wrapper.emitted("entered")?.length).toBe(1);
  });
});

describe("adding a space", () => {
  it("offers the name of the other one, and does not say again what Homing is", async () => {
    const all = await stage("main");
    const wrapper = all.put(WelcomeScreen, { props: { adding: true } });
    expect(wrapper.get<HTMLInputElement>("[data-testid=welcome-name]").element.value).toBe("Aki Kern");
    expect(wrapper.get(".lead").text()).toBe("Join another team with a link, or start a space of your own.");
    await wrapper.get("[data-testid=welcome-start]").trigger("click");
    expect(wrapper.get<HTMLInputElement>("[data-testid=start-name]").element.value).toBe("Aki Kern");
  });
});

describe("a link that gives more than membership", () => {
  it.each([
    ["owner", "You’ll be the owner."],
    ["admin", "You’ll be an admin."],
    ["member", null],
  ])("says so: %s", async (role, words) => {
    const { host, wrapper, fill } = await arriving();
    const call = host.call.bind(host);
    host.call = (async (name, args) => {
      const answer = await call(name, args);
      return name === "inspect_link"
        ? { ...(answer as object), comes_as: { kind: "member", invited_by: null, role } }
        : answer;
    }) as Host["call"];
    await fill("welcome-link", LINK);
    const found = wrapper.get("[data-testid=welcome-found]").text();
    expect(found.endsWith(words ?? "matches the link.")).toBe(true);
  });
});

describe("a device link", () => {
  it("leaves the focus at the button when the name's field goes", async () => {
    const { wrapper, fill } = await arriving();
    wrapper.get<HTMLElement>("[data-testid=welcome-name]").element.focus();
    await fill("welcome-link", "homing://link/chat.northlight.example/5RT9-K2QX?fp=iC3k");
    expect(document.activeElement?.getAttribute("data-testid")).toBe("welcome-join");
  });
});

describe("a name that is offered", () => {
  it("is what the operating system calls the person, and gives way to what is typed", async () => {
    const all = await stage("welcome");
    all.world.view.full_name = "Aki Kern";
    all.world.resync();
    await flushPromises();
    all.navigation.view.link = LINK;
    const wrapper = all.put(WelcomeScreen);
    await flushPromises();
    const field = wrapper.get<HTMLInputElement>("[data-testid=welcome-name]").element;
    expect(field.value).toBe("Aki Kern");
    expect(document.activeElement).toBe(field);
    expect([field.selectionStart, field.selectionEnd]).toEqual([0, "Aki Kern".length]);
  });

  it("is none where the system knows none", async () => {
    const { wrapper } = await arriving();
    expect(wrapper.get<HTMLInputElement>("[data-testid=welcome-name]").element.value).toBe("");
  });
});
