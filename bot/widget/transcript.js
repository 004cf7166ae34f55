import { $, h, strings, t } from "./dom.js";
import { link, markdown, tel } from "./markdown.js";

/** A number as people write it. @param {string} number E.164 */
export const spell = (number) => number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");

/**
 * What is said, in order: messages of the server by cursor, then what waits to be sent. Each `li` carries its
 * place as `at`; the id of a patient's message is the id of its `li` while it waits.
 * @param {Say} say
 */
export function transcript(say) {
  const list = $("messages"), box = $("transcript");
  /** @type {Session} */
  let session;

  /** Shows the patient's latest words, and as much of the answer below them as there is room. @param {boolean} mine */
  function scroll(mine) {
    const last = [...list.querySelectorAll(".own")].pop();
    const far = box.scrollHeight - box.scrollTop - box.clientHeight;
    if (mine || far < box.clientHeight) box.scrollTop = mine || !last ? box.scrollHeight : last.offsetTop - 12;
  }

  /** @param {HTMLElement} item @param {number} at */
  function place(item, at) {
    Object.assign(item, { at });
    list.insertBefore(item, [...list.children].find((other) => other.at > at) ?? null);
    const mine = item.matches(".own");
    if (mine) for (const offer of list.querySelectorAll(".offer")) offer.remove(); // answered
    scroll(mine);
  }

  /** @param {string} text @param {string} note @param {string} className */
  const own = (text, note, className) =>
    h("li", { className }, h("span", { className: "hidden" }, t("you") + ": "),
      h("div", { className: "words", dir: "auto" }, text), h("small", {}, note));

  /** @param {Message} message @param {HTMLElement} item */
  function offer({ cursor, kind, buttons }, item) {
    /** @type {Say} */
    const reply = (text, button) => (say(text, button), $("text").focus());
    const press = (/** @type {number} */ index) => reply(buttons[index].title, { message: cursor, index });
    const label = "m" + cursor;
    const at = h("div", { className: "offer" });
    item.append(at);
    if (kind == "scale" || kind == "body_map")
      import("/static/widget/answers.js").then((answers) => {
        at.prepend(answers[kind]({ h, t, strings, label, buttons, press, reply }));
        scroll(false);
      });
    const replies = h("div", { className: "replies", role: "group", ariaLabel: t("replies") });
    buttons.forEach(({ title }, index) => {
      if (kind != "scale" || !/^\d+$/.test(title)) replies.append(h("button", { dir: "auto", onclick: () => press(index) }, title));
    });
    if (replies.firstChild) at.append(replies);
  }

  /** @param {Message} message @param {boolean} fresh */
  function answer(message, fresh) {
    const { cursor, text, kind, tier, svg, sources } = message;
    const { phone, emergency_number } = session.clinic;
    const urgent = kind == "urgent";
    const words = h("div", { className: "words", id: "m" + cursor, dir: "auto", lang: session.lang });
    const item = h("li", { className: kind }, h("span", { className: "hidden" }, t("assistant") + ": "), words);
    if (urgent) words.append(h("strong", { className: "tier" }, t("urgent_" + (tier ?? "same_day"))));
    words.append(markdown(text, urgent ? emergency_number + "|988" : ""));
    const spoken = [...words.querySelectorAll("p, li, tr")].map((part) => part.textContent).join(" ");
    if (urgent) {
      const number = tier == "emergency" ? emergency_number : phone;
      words.append(h("a", { className: "call", href: tel(number) }, t("call", { number: spell(number) })));
      if (fresh) words.role = "alert"; // speaks for itself; met again in the history it is a plain message
    }
    // A picture, never a part of the page: whatever is in it cannot run.
    if (svg) words.append(h("img", { alt: t("curve"), onload: () => scroll(false), src: "data:image/svg+xml," + encodeURIComponent(svg) }));
    if (sources[0])
      words.append(h("details", { className: "sources" }, h("summary", {}, `${t("sources")} (${sources.length})`),
        h("ul", {}, ...sources.map(({ label, url }) => h("li", {}, link(label, url))))));
    offer(message, item);
    if (fresh && !urgent) announce(spoken, message.buttons);
    return item;
  }

  /**
   * One line for screen readers, beside the transcript. After a second it goes, so that it is not met twice;
   * sooner, some would miss it. @param {string} words @param {{title: string}[]} buttons
   */
  function announce(words, buttons) {
    const titles = buttons.map(({ title }) => title).join(", ");
    const line = h("p", {}, `${t("assistant")}: ${words} ${titles && `${t("replies")}: ${titles}`}`);
    $("log").append(line);
    setTimeout(() => line.remove(), 1000);
  }

  return {
    /** @param {Session | null} next @param {boolean} keep leave what is on the screen, as an ended conversation */
    begin(next, keep) {
      if (next) session = next;
      for (const item of [...list.children])
        if (keep && !item.matches(".queued")) item.at = -1;
        else item.remove();
      if (list.firstChild) place(h("li", { className: "own" }, h("small", {}, t("again"))), -1);
    },
    /** @param {Message} message @param {boolean} fresh */
    message(message, fresh) {
      const { cursor, role, text, at, client_id } = message;
      if ([...list.children].some((other) => other.at == cursor)) return;
      if (role == "bot") return place(answer(message, fresh), cursor);
      $(client_id ?? "?")?.remove();
      const time = new Date(at).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
      place(own(text, time, "own"), cursor);
    },
    /** @param {Queued[]} items */
    queue(items) {
      for (const item of list.querySelectorAll(".queued")) if (!items.some(({ id }) => id == item.id)) item.remove();
      for (const { id, text } of items)
        if (!$(id)) place(Object.assign(own(text, t("queued"), "own queued"), { id }), Infinity);
    },
    /** @param {Queued} item @param {string} reason */
    refused({ id, text }, reason) {
      $(id)?.remove();
      place(own(text, t("refused", { reason }), "own refused"), Infinity);
    },
  };
}
