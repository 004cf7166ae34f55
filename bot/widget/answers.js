/*
 * Ways to answer beside typing: the 0–10 scale and the body map. Loaded when the first one is asked for.
 * What it builds with is handed in, so that this file imports nothing.
 */

/** @typedef {{h: any, t: any, strings: Strings, label: string, buttons: {title: string}[], press: (index: number) => void, reply: (text: string) => void}} Tools */

const style = document.createElement("link");
style.rel = "stylesheet";
style.href = "/static/widget/answers.css";
document.head.append(style);

/** A radio group with a button of its own: looking through the numbers sends nothing. @param {Tools} tools */
export function scale({ h, t, label, buttons, press, reply }) {
  const id = label + "-ends";
  const scores = [...Array(11).keys()].map((n) =>
    h("label", {}, h("input", { type: "radio", name: label, value: n, required: true }), h("span", {}, String(n))));
  const onsubmit = (/** @type {any} */ event) => {
    event.preventDefault();
    const score = event.target.elements[label].value;
    const index = buttons.findIndex(({ title }) => title == score);
    index < 0 ? reply(score) : press(index);
  };
  const group = h("div", { role: "radiogroup", ariaLabel: t("scale") }, ...scores);
  group.className = "scores";
  group.setAttribute("aria-describedby", `${label} ${id}`);
  return h("form", { className: "card", onsubmit }, group,
    h("p", { id, className: "ends" }, h("span", {}, t("scale_low")), " ", h("span", {}, t("scale_high"))),
    h("button", { className: "main" }, t("send")));
}

/* The outline of half a body, x to the side from the middle line; the other half is its mirror image. */
const ARM = {
  "upper arm": "M21.5 60 32 63c.8 6.5 1.3 12.5 1.8 18.5L24 83c-.4-8-1.2-15.5-2.5-23z",
  elbow: "M24.1 84.5 34 83c.8 4.5 1.9 8.5 2.9 12.5L27.2 97.5c-1.6-4.5-2.8-8.5-3.1-13z",
  forearm: "M27.7 99 37.3 97c2.2 6.5 3.7 13.5 4.7 21l-7 2c-2.5-7-5.5-14-7.3-21z",
  wrist: "M35.4 121.5 42.2 119.6c.6 2.6.9 5 1.3 7.6l-6.7 1.7z",
  hand: "M37 130.4 43.7 128.7c3.6 3.3 5 11.3 3.8 17.5-1 4.3-5.8 5-8 1.2-2-5-2.5-11-2.5-17z",
};
const FOOT = {
  ankle: "M9.2 197.5H15.6L16 204.5H8.8z",
  foot: "M8.6 206H16.2c1.8 3 4.8 7 4.8 10-1 3-11 3-12.5 0-.5-4-.3-7 .1-10z",
};
const FRONT = {
  head: "M-11 16.5C-12-1.5 12-1.5 11 16.5z",
  jaw: "M.4 18H11C10.5 26 5.5 31 .4 31z",
  neck: "M-6.5 31Q0 36 6.5 31C6.5 34 7 36.5 9 38.5H-9C-7 36.5-6.5 34-6.5 31z",
  shoulder: "M10.5 40C17 41 24.5 42 28.5 47.5 31.5 51.5 32 57 32 61.5L21.3 58.5C20.5 52 16 46 10.5 44.5z",
  chest: "M.4 40H9V45.5C15 47.5 19 52 19.9 58.5 20.5 64 19.3 69 18 73.5H.4z",
  ...ARM,
  belly: "M-17.6 75H17.6C16.5 82 16 89 17 96H-17C-16 89-16.5 82-17.6 75z",
  groin: "M.4 97.5H6L11.3 117C7 119.5 3.5 121 .4 121z",
  hip: "M7.5 97.5H17.2C19.5 103 21.3 110 21.5 118L12.7 116.5z",
  thigh: "M12.5 118 21.6 119.6C21.8 130 20.3 142 18.2 152H7.5C5 142 2.2 132 1.3 122.5 6 122 9.5 120.5 12.5 118z",
  knee: "M7.5 153.5H18C17.7 158 17.7 162 17.8 166H7.5C7 162 7.2 158 7.5 153.5z",
  shin: "M7.5 167.5H17.9C19.5 176 18 188 15.7 196H9.3C7.5 188 5.7 176 7.5 167.5z",
  ...FOOT,
};
const BACK = {
  head: "M-10.5 24C-14-3 14-3 10.5 24z",
  neck: "M-9.8 25.5H9.8C8 28 7 32 7.5 35H-7.5C-7 32-8 28-9.8 25.5z",
  "upper trapezius": "M.8 36.5H8C13 40 19 41.5 24.5 43.5L15.5 51.5.8 50z",
  shoulder: "M26 44.3C30.5 48 32 55 32 61.5L21.8 58.5C20.8 55.5 19.3 53.5 17 52z",
  "shoulder blade": "M7.2 52.3 15.5 53C19 55 20.5 58 20.7 61.5 20.3 66 19.3 70 18.2 74L7.2 72.5z",
  "between the shoulder blades": "M-5.7 52H5.7V73H-5.7z",
  ...ARM,
  "mid back": "M-18 75.5-6.5 74.5H6.5L18 75.5C17 80 16.5 84 16.5 88.5H-16.5C-16.5 84-17 80-18 75.5z",
  "lower back": "M-16.5 90H16.5C16.5 94 17 98 18 102H-18C-17 98-16.5 94-16.5 90z",
  buttock: "M.8 103.5H18.3C20.7 108 21.7 115 21.5 122 16 128 5 128 .8 123z",
  hamstring: "M1.3 126C6 129 16.5 128.5 21.4 124C21.5 135 20.2 143 18.2 152H7.5C5 143 2 135 1.3 126z",
  knee: FRONT.knee,
  calf: FRONT.shin,
  ...FOOT,
};
const MIDDLE = ["head", "neck", "belly", "between the shoulder blades", "mid back", "lower back"];

/** @param {string} name @returns {string[]} the part, or its two sides */
const sides = (name) => (MIDDLE.includes(name) ? [name] : [`right ${name}`, `left ${name}`]);

/** @param {string} tag @param {Record<string, any>} set attributes @param {...(Element | string)} children @returns {SVGElement} */
function svg(tag, set, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(set)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A front and a back view, and a list of the same parts: what is chosen in one is chosen in all. @param {Tools} tools */
export function body_map({ h, t, strings, reply }) {
  /** @type {Set<string>} */
  const chosen = new Set();
  /** The part in the interface's language. @param {string} part as it is sent, as "left shoulder" */
  const name = (part) => {
    const [, side, rest] = /^(left|right) (.*)/.exec(part) ?? [];
    const word = strings.parts?.[rest ?? part] ?? rest ?? part;
    return side ? t(side, { part: word }) : word;
  };
  const told = h("p", {}, t("map_none"));
  const done = h("button", { className: "main", disabled: true, onclick: () => reply([...chosen].join(", ")) }, t("send"));

  /** @param {string} part */
  function toggle(part) {
    chosen.delete(part) || chosen.add(part);
    for (const shape of map.querySelectorAll("path")) shape.setAttribute("aria-checked", chosen.has(shape.dataset.part));
    for (const box of map.querySelectorAll("input")) box.checked = chosen.has(box.value);
    told.textContent = chosen.size ? t("map_chosen", { parts: [...chosen].map(name).join(", ") }) : t("map_none");
    done.disabled = !chosen.size;
  }

  /** One view: a single stop for Tab; arrow keys go from part to part, space chooses. @param {string} title @param {Record<string, string>} outlines @param {number} turned 1 front, -1 back */
  function view(title, outlines, turned) {
    const shapes = Object.entries(outlines).flatMap(([part, d]) => sides(part).map((side) => svg("path", {
      d, "data-part": side, role: "checkbox", tabindex: -1, "aria-checked": false, "aria-label": name(side),
      transform: `scale(${side.startsWith("right") ? -1 : 1} 1)`,
    }, svg("title", {}, name(side)))));
    const stop = (/** @type {SVGElement} */ shape) => {
      for (const other of shapes) other.setAttribute("tabindex", other == shape ? "0" : "-1");
      return shape;
    };
    stop(shapes[0]);
    const picture = svg("svg", { viewBox: "-50 -2 100 222", role: "group", "aria-label": t(title) },
      svg("g", { transform: `scale(${turned} 1)` }, ...shapes));
    picture.onclick = (event) => {
      const shape = /** @type {any} */ (event.target).closest("path");
      if (shape) toggle(stop(shape).dataset.part ?? "");
    };
    picture.onkeydown = (event) => {
      const shape = /** @type {SVGElement} */ (event.target);
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (step) stop(/** @type {SVGElement} */ (shapes.at((shapes.indexOf(shape) + step) % shapes.length))).focus();
      else if (event.key == " " || event.key == "Enter") toggle(shape.dataset.part ?? "");
      else return;
      event.preventDefault();
    };
    // Seen from the front, the patient's right is at the left of the picture; from behind it is at the right.
    const [first, last] = turned > 0 ? ["map_right", "map_left"] : ["map_left", "map_right"];
    return h("figure", {}, picture, h("figcaption", { ariaHidden: true },
      h("span", {}, t(first)), h("b", {}, t(title)), h("span", {}, t(last))));
  }

  const box = (/** @type {string} */ value) =>
    h("label", {}, h("input", { type: "checkbox", value, onchange: () => toggle(value) }), name(value));
  const map = h("div", { className: "card map", role: "group", ariaLabel: t("map") },
    h("details", {}, h("summary", {}, t("map_list")),
      h("div", { className: "list" }, ...Object.keys({ ...FRONT, ...BACK }).flatMap(sides).map(box))),
    h("div", { className: "figures" }, view("front", FRONT, 1), view("back", BACK, -1)),
    h("div", { className: "foot" }, told, done));
  return map;
}
