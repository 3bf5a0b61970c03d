/** Makes an element. Children are nodes or plain text: text from outside never becomes markup. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    // Through the object model: the page's policy forbids style attributes.
    else if (name === "style") element.style.cssText = value;
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

const ICONS = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h16M3.500 15h16",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5.500 11h13v9h-13z",
  close: "M6 6l12 12M18 6 6 18",
  send: "M4 12 20 4l-5 16-3.500-6.500z",
  stop: "M7 7h10v10H7z",
  menu: "M4 7h16M4 12h16M4 17h16",
  sliders: "M4 7h9M17 7h3M4 17h3M11 17h9M13 4.500v5M7 14.500v5",
  globe:
    "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17M3.500 12h17M12 3.500c5 5 5 12 0 17M12 3.500c-5 5-5 12 0 17",
  edit: "M5 19l1-4L16 5l3 3L9 18z",
  reply: "M10 7 4 12l6 5M4 12h10a6 6 0 0 1 6 6",
  check: "M5 12.500l4.500 4.500L19 7.500",
  cross: "M7 7l10 10M17 7 7 17",
  up: "M7 11v9H4v-9zM7 11l4-7c1.500 0 2.500 1 2.200 2.600L12.600 10H19c1 0 1.700.9 1.500 1.900l-1.400 6.500c-.2.9-1 1.600-2 1.600H7",
  down: "M17 13V4h3v9zM17 13l-4 7c-1.500 0-2.500-1-2.200-2.600l.6-3.400H5c-1 0-1.700-.9-1.500-1.900l1.400-6.500C5.100 4.700 5.900 4 6.900 4H17",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows an icon alone needs a name for whoever cannot see it. */
export function iconButton(name, label, onclick, props = {}) {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...props },
    icon(name),
  );
}

const HUES = [258, 205, 160, 28, 340, 120, 290, 50, 185, 10];

export function avatar(author) {
  const letters = author.name
    .split(/\s+/)
    .map((word) => word[0])
    .join("")
    .slice(0, 2)
    .toUpperCase();
  let sum = 0;
  for (const character of author.id) sum = (sum * 31 + character.charCodeAt(0)) % 997;
  const style = `--hue: ${HUES[sum % HUES.length]}`;
  return h(
    "span",
    { class: author.bot ? "avatar avatar-bot" : "avatar", style, "aria-hidden": "true" },
    author.bot ? "S" : letters,
  );
}

export function toast(text, kind = "info") {
  const box = document.getElementById("toasts");
  const note = h("div", { class: `toast toast-${kind}` }, text);
  box.append(note);
  setTimeout(() => note.remove(), kind === "error" ? 8000 : 4000);
}
