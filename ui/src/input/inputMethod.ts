/**
 * Input methods: they turn several keys into characters of a language.
 *
 * During a composition the keys belong to the input method, and the field must not change: WebKitGTK
 * stops delivering input when the value of such a field is set or the field is removed. So no key of a
 * composition reaches our handlers, and changes to the field wait for its end.
 */

/** The key code of every key that an input method handles (UI Events, 7.3.1). */
const TAKEN = 229;

/** After a request to end a composition the engine reports it at once; after this time it never will. */
const END_MS = 400;

/**
 * Whether the input method takes this key. WebKit says so of the key that ends a composition only by
 * its code: on macOS the composition is over by then.
 */
export function isForInputMethod(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === TAKEN || event.key === "Process";
}

type Field = HTMLInputElement | HTMLTextAreaElement;

const isField = (target: EventTarget | null): target is Field =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;

interface Composing {
  field: EventTarget | null;
  /** What is composed, as it stood last. */
  data: string;
}

/** A word that ended as nothing, and where it stood. */
interface Lost {
  field: Field;
  at: number;
  data: string;
}

/** A word that ended though no key was pressed. */
interface Left {
  field: Field;
  data: string;
  /** It came once more, and that twin stands in the field. */
  twice: boolean;
  /** The keyboard went to another window since. */
  away: boolean;
}

let composing: Composing | null = null;
let lost: Lost | null = null;
let left: Left | null = null;
/** A key was pressed since the word last changed. */
let pressed = false;
let waiting: (() => void)[] = [];
let ending: Promise<void> | null = null;
/** Tells who ends a composition that it is over. What waits does so until the word is back in its place. */
let over: (() => void) | null = null;
/** Ends a composition from the program's side; false where that can't be done. */
let endOutside: () => Promise<boolean> = () => Promise.resolve(false);

/** Acts once nothing is composed: at once, or when the person is done with it. */
export function afterComposition(act: () => void): void {
  if (composing || over) waiting.push(act);
  else act();
}

/** Ends the composition, keeping its text, and acts then; at once if there is none. */
export function afterEndingComposition(act: () => void): void {
  if (!composing && !ending) return act();
  ending ??= end().finally(() => (ending = null));
  void ending.then(act);
}

async function end(): Promise<void> {
  const field = composing?.field ?? null;
  const kept = isField(field) ? field.value : "";
  const told = new Promise<void>((resolve) => {
    over = resolve;
    setTimeout(resolve, END_MS);
  });
  const ended = await endOutside().catch(() => false);
  if (!ended && field instanceof HTMLElement) {
    field.blur();
    field.focus();
  }
  await told;
  composing = null;
  if (isField(field)) put(field, kept);
  over = null;
  forget();
}

/** Gives a field a text as if the person had written it. */
function put(field: Field, text: string): void {
  if (field.value === text) return;
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
}

function forget(): void {
  composing = null;
  const acts = waiting;
  waiting = [];
  for (const act of acts) act();
}

function onKey(event: KeyboardEvent): void {
  // Whoever ended it with a key gave it up: the key's own end follows.
  lost = null;
  // A key that is let go wrote the twin by itself; one that is let go before was the word's last.
  if (event.type === "keyup" && left?.twice) left = null;
  else if (event.type === "keydown") pressed = true;
  if (!isForInputMethod(event)) return;
  // Whoever counts keys as a sign of life listens before.
  event.stopPropagation();
}

function onStart(event: CompositionEvent): void {
  composing = { field: event.target, data: "" };
  pressed = false;
  left = null;
}

function onUpdate(event: CompositionEvent): void {
  pressed = false;
  composing ??= { field: event.target, data: "" };
  if (event.data !== "") composing.data = event.data;
}

function onEnd(event: CompositionEvent): void {
  const { target, data } = event;
  if (data !== "") {
    lost = null;
    endsAs(data, target);
  } else if (composing && composing.data !== "" && !ending && isField(target))
    lost = { field: target, at: target.selectionStart ?? target.value.length, data: composing.data };
  composing = null;
  if (over) over();
  else forget();
}

/**
 * Where another window takes the keyboard, WebKitGTK keeps the open word, and then takes it once more
 * from an input method that does the same, as ibus-hangul does. The page hears of both before it hears
 * that the keyboard is gone; and of one more, by and by, where the keyboard went back and forth.
 */
function endsAs(data: string, target: EventTarget | null): void {
  if (left && !composing && left.field === target && left.data === data) {
    left.twice = true;
    if (left.away) takeBackTwin();
  } else {
    const unasked = composing && !pressed && !ending && isField(target);
    left = unasked ? { field: target, data, twice: false, away: !document.hasFocus() } : null;
  }
}

/** The keyboard leaves the window, or only this field. */
function onBlur(): void {
  if (!left || document.hasFocus()) return;
  left.away = true;
  takeBackTwin();
}

function takeBackTwin(): void {
  if (!left?.twice) return;
  const { field, data } = left;
  left.twice = false;
  const to = field.selectionStart ?? field.value.length;
  const from = to - data.length;
  if (field.value.slice(from, to) !== data) return;
  put(field, field.value.slice(0, from) + field.value.slice(to));
  field.setSelectionRange(from, from);
}

/**
 * A click takes what is composed away from ibus, before the page hears of the click, and looks like a
 * key until then. Nobody who clicks means to lose a word.
 */
function onClick(event: Event): void {
  if (event.type === "pointerdown") left = null;
  if (!lost) return;
  const { field, at, data } = lost;
  lost = null;
  put(field, field.value.slice(0, at) + data + field.value.slice(at));
  field.setSelectionRange(at + data.length, at + data.length);
}

/** To be called once, before anything listens to keys. */
export function handleInputMethods(end?: () => Promise<boolean>): void {
  if (end) endOutside = end;
  window.addEventListener("keydown", onKey, { capture: true });
  window.addEventListener("keyup", onKey, { capture: true });
  window.addEventListener("compositionstart", onStart, { capture: true });
  window.addEventListener("compositionupdate", onUpdate, { capture: true });
  // After the field's own listeners, which take what was composed.
  window.addEventListener("compositionend", onEnd);
  window.addEventListener("pointerdown", onClick, { capture: true });
  window.addEventListener("focusout", onClick, { capture: true });
  // Of the field and of the window, before whoever saves what is written then.
  window.addEventListener("blur", onBlur, { capture: true });
}
