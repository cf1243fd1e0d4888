/** What a new version is shown with. */
import type { UpdateWay } from "@/generated/bridge";

/** Part of the notes: a paragraph, or a list of points. */
export type Piece = { kind: "text"; text: string } | { kind: "list"; points: string[] };

/** Notes as the change log has them: paragraphs and points, each on lines as long as a terminal’s. */
export function pieces(notes: string): Piece[] {
  const found: Piece[] = [];
  let open: Piece | null = null;
  for (const line of notes.split("\n")) {
    const text = line.trim();
    if (text === "") {
      open = null;
    } else if (text.startsWith("- ")) {
      if (open?.kind !== "list") found.push((open = { kind: "list", points: [] }));
      open.points.push(text.slice(2).trim());
    } else if (open?.kind === "list") {
      const last = open.points.length - 1;
      open.points[last] = join(open.points[last] ?? "", text);
    } else if (open) {
      open.text = join(open.text, text);
    } else {
      found.push((open = { kind: "text", text: text.replace(/^#+\s*/, "") }));
    }
  }
  return found;
}

/** Chinese has no blank where a line was broken. */
function join(before: string, after: string): string {
  const wide = /[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]$/.test(before);
  return before + (wide ? "" : " ") + after;
}

/** Rounded up, so that nothing is ever 0 of 0. */
export function megabytes(bytes: number): string {
  return (Math.ceil(bytes / 1e5) / 10).toFixed(1);
}

/** What to type where a package manager replaces the program. */
export function command(way: UpdateWay): string {
  switch (way) {
    case "deb":
      return "sudo apt install ./homing-desktop_*.deb";
    case "rpm":
      return "sudo dnf install ./homing-desktop-*.rpm";
    case "flatpak":
      return "flatpak update chat.homing.desktop";
    case "in_place":
    case "by_hand":
      return "";
  }
}
