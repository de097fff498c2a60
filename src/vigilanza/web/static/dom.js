// Builds elements; never parses markup, so nothing a camera or a peer is called can become code.

const SVG = "http://www.w3.org/2000/svg";
const SPOKEN = new Set(["title", "aria-label", "alt"]);
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text as it is shown: a mark that turns the direction of writing would make what stands beside it read backwards. */
const plain = (text) => (typeof text === "string" ? text.replace(TURNING, "\ufffd") : text);

/** An element with attributes (`on` holds listeners) and children (elements or text; null is left out). */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, String(SPOKEN.has(name) ? plain(value) : value));
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined).map(plain));
  return element;
}

/** An element of a drawing, with text if there is any. */
export function draw(tag, attributes = {}, text = undefined) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = plain(text);
  return element;
}

/** One of the shell's symbols; decoration only, the word beside it says the same. */
export function icon(name) {
  const svg = draw("svg", { class: "icon", "aria-hidden": "true" });
  svg.append(draw("use", { href: `#i-${name}` }));
  return svg;
}

/** Set text only where it differs, so that selections and screen readers are left in peace. */
export function say(element, text) {
  const shown = plain(text);
  if (element.textContent !== shown) element.textContent = shown;
}

/** Show exactly these children in this order, moving as few as possible so that focus survives. */
export function arrange(parent, children) {
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  while (parent.children.length > children.length) parent.lastElementChild.remove();
}
