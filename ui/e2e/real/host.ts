/** The test environment: a real server, and a real engine with its own network for each person. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Browser, Page } from "@playwright/test";
import { expect } from "@playwright/test";

export class World {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<World> {
    const program = process.env["HOMING_TEST_HOST"] ?? "../target/debug/homing-test-host";
    const child = spawn(program, ["--ui", "dist"], { stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface({ input: child.stdout })) {
      return new World(child, (JSON.parse(line) as { url: string }).url);
    }
    throw new Error(`${program} ended before it said where it listens`);
  }

  stop() {
    this.process.kill("SIGTERM");
  }

  private async ask(path: string, method: "GET" | "POST"): Promise<string> {
    const answer = await fetch(this.url + path, { method });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.text();
  }

  link = (name: string) => this.ask(`/people/${name}/link`, "GET");
  offline = (name: string) => this.ask(`/people/${name}/offline`, "POST");
  recertify = () => this.ask("/recertify", "POST");
  online = (name: string) => this.ask(`/people/${name}/online`, "POST");
  restart = (name: string) => this.ask(`/people/${name}/restart`, "POST");

  /** Opens a window of a person. */
  async page(browser: Browser, name: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    const socket = `${this.url.replace("http", "ws")}/people/${name}/socket`;
    await page.goto(`${this.url}/?socket=${encodeURIComponent(socket)}`);
    return page;
  }

  /** Opens a window of a person and joins. */
  async join(browser: Browser, name: string): Promise<Page> {
    const page = await this.page(browser, name);
    await page.getByTestId("welcome-link").fill(await this.link(name));
    await expect(page.getByTestId("welcome-found")).toContainText("Northlight");
    await page.getByTestId("welcome-name").fill(name);
    await page.getByTestId("welcome-join").click();
    await expect(page.getByTestId("main")).toBeVisible();
    await expect(page.getByTestId("connection-banner")).toHaveAttribute("data-state", "up_to_date");
    return page;
  }
}

/** Writes a message. */
export async function say(page: Page, text: string) {
  await page.getByTestId("composer").fill(text);
  await page.getByTestId("composer").press("Enter");
}

/** The texts that a window shows, in order. */
export const texts = (page: Page) => page.getByTestId("message").locator(".rich").allTextContents();

export const states = (page: Page) =>
  page.getByTestId("message").evaluateAll((rows) => rows.map((row) => row.dataset["state"]));
