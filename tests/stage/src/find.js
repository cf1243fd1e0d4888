// Visible elements by { role, name } or { testid }. A name is matched as the part that a person
// would say; the computation follows the common cases of the accessible-name rules.
function find(what) {
  const implicit = {
    button: "button, summary, input[type=button], input[type=submit]",
    link: "a[href]",
    textbox: "textarea, input:not([type]), input[type=text], input[type=password], input[type=search], input[type=url], [contenteditable=true]",
    heading: "h1, h2, h3, h4, h5, h6",
    checkbox: "input[type=checkbox]",
    radio: "input[type=radio]",
    listitem: "li",
    dialog: "dialog",
    navigation: "nav",
    main: "main",
    img: "img, svg",
  };
  const seen = (e) => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(e).visibility === "visible" && !e.closest("[aria-hidden=true]");
  };
  const name = (e) => {
    const named = e.getAttribute("aria-labelledby");
    if (named) return named.split(/\s+/).map((id) => document.getElementById(id)?.innerText ?? "").join(" ");
    return (
      e.getAttribute("aria-label") ||
      (e.labels?.length ? [...e.labels].map((l) => l.innerText).join(" ") : "") ||
      (e.matches("input, textarea, [contenteditable=true]") ? "" : e.innerText) ||
      e.getAttribute("alt") ||
      e.getAttribute("title") ||
      e.getAttribute("placeholder") ||
      e.value ||
      ""
    );
  };
  if (what.testid) return [...document.querySelectorAll(`[data-testid="${what.testid}"]`)].filter(seen);
  const selector = [`[role="${what.role}"]`, implicit[what.role]].filter(Boolean).join(", ");
  return [...document.querySelectorAll(selector)]
    .filter((e) => (e.getAttribute("role") ?? what.role) === what.role)
    .filter((e) => seen(e) && name(e).includes(what.name));
}
