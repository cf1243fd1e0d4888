/** Answers files that are dragged or pasted into the window with a notice, because sending files is not supported yet. */
import { type Ref, onScopeDispose, ref } from "vue";
import { useI18n } from "vue-i18n";
import { useNotices } from "@/stores/notices";

/** The event of the program about a drag: WebKitGTK hides files in a drag from the page. */
export const DRAGGED = "homing:dragged";

export function useFileDrop(): { over: Ref<boolean> } {
  const { t } = useI18n();
  const notices = useNotices();
  /** Files are over the window. */
  const over = ref(false);

  function onDrag(event: DragEvent) {
    if (event.dataTransfer?.types.includes("Files")) over.value = true;
    if (!over.value || !event.dataTransfer) return;
    // Nothing is promised, so nothing is dropped; and the page is never replaced by a file.
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  }
  function onLeave(event: DragEvent) {
    // From one part of the page to another it does not leave.
    if (event.type !== "dragleave" || event.relatedTarget === null) over.value = false;
  }
  function onDrop(event: DragEvent) {
    if (!over.value) return;
    event.preventDefault();
    over.value = false;
    notices.say(t("outside.no_files"));
  }
  function onTold(event: Event) {
    over.value = (event as CustomEvent<boolean>).detail;
  }
  async function onPaste(event: ClipboardEvent) {
    if (event.clipboardData && (await holdsFiles(event.clipboardData))) notices.say(t("outside.no_files"));
  }

  const listeners = [
    ["dragenter", onDrag],
    ["dragover", onDrag],
    ["dragleave", onLeave],
    ["dragend", onLeave],
    ["drop", onDrop],
    [DRAGGED, onTold],
    ["paste", onPaste],
  ] as [string, EventListener][];
  for (const [name, heard] of listeners) window.addEventListener(name, heard);
  onScopeDispose(() => {
    for (const [name, heard] of listeners) window.removeEventListener(name, heard);
  });
  return { over };
}

/** Whether the clipboard holds an image or files, and no text to insert. */
async function holdsFiles(data: DataTransfer): Promise<boolean> {
  const { types, files } = data;
  if (types.includes("text/plain")) return false;
  if (files.length > 0 || types.includes("text/uri-list")) return true;
  if (types.length > 0 || !("clipboard" in navigator)) return false;
  // WebKitGTK's event is empty for a picture; asked outright it answers.
  const items = await navigator.clipboard.read().catch(() => []);
  return items.some(({ types }) => types.some((type) => type.startsWith("image/")));
}
