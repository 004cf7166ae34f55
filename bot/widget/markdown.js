import { h } from "./dom.js";

const PHONE = String.raw`\+\d[\d ().-]{6,}\d|(?:\b1[ .-])?(?:\(\d{3}\) ?|\b\d{3}[ .-])\d{3}[ .-]\d{4}\b`;
const INLINE = String.raw`\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)\s]+)\)|(https:\/\/[^\s<>"')]*[\w/])|(`;

/** A link, or its words alone when it leads anywhere but https: or tel:. @param {string} label @param {string} href */
export const link = (label, href) =>
  /^https:\/\//.test(href) ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, label)
  : /^tel:\+?[\d.-]+$/.test(href) ? h("a", { href }, label)
  : label;

/** @param {string} number as people write it @returns {string} */
export const tel = (number) => "tel:" + number.replace(/[^\d+]/g, "");

/** @param {string} text @param {string} dial pattern of the numbers that are links @returns {(Node | string)[]} */
function inline(text, dial) {
  const found = RegExp(`${INLINE}${dial})`).exec(text);
  if (!found) return [text];
  const [all, bold, label, url, bare, phone] = found;
  const node = bold ? h("strong", {}, ...inline(bold, dial)) : phone ? link(phone, tel(phone)) : link(label ?? bare, url ?? bare);
  return [text.slice(0, found.index), node, ...inline(text.slice(found.index + all.length), dial)];
}

/**
 * The small Markdown in which answers are written, as elements: paragraphs, lists, bold, links, tables.
 * @param {string} text @param {string} [short] a pattern of short numbers, as 911, that are links here
 */
export function markdown(text, short) {
  const dial = short ? `${PHONE}|\\b(?:${short})\\b` : PHONE;
  const out = document.createDocumentFragment();
  /** @type {any} */
  let open;
  let kind = "";
  for (const line of text.split("\n")) {
    const [, bullet, number, item] = /^\s*(?:([-*•])|(\d+)[.)])\s+(.*)/.exec(line) ?? [];
    const row = /^\s*\|(.*?)\|?\s*$/.exec(line)?.[1];
    const now = !line.trim() ? "" : bullet ? "ul" : number ? "ol" : row ? "table" : "p";
    if (now != kind && now) out.append((open = h(now, now == "ol" ? { start: number } : {})));
    else if (now == "p") open.append(h("br"));
    if (item) open.append(h("li", {}, ...inline(item, dial)));
    else if (now == "p") open.append(...inline(line, dial));
    else if (row && !/^[\s:|-]+$/.test(row)) {
      const head = !open.firstChild;
      open.append(h("tr", {}, ...row.split("|").map((words) =>
        h(head && words.trim() ? "th" : "td", {}, ...inline(words.trim(), dial)))));
    }
    kind = now;
  }
  return out;
}
