// Single keys press what is on the page anyway: a link or button with data-key, a line of a list. Off while typing.
const lines = () => [...document.querySelectorAll("[data-line]")];
const typing = (at) => at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);
let marked = -1;
let before = "";

function mark(step) {
  const all = lines();
  if (!all.length) return false;
  all[marked]?.removeAttribute("data-marked");
  marked = Math.max(0, Math.min(all.length - 1, marked + step));
  all[marked].setAttribute("data-marked", "");
  const link = all[marked].querySelector("a");
  link?.focus();
  all[marked].scrollIntoView({ block: "nearest" });
  return true;
}

function press(name) {
  const found = document.querySelector(`[data-key="${CSS.escape(name)}"]`);
  if (!found) return false;
  if (found.matches("input, textarea, select")) {
    found.closest("details")?.setAttribute("open", "");
    found.focus();
  } else found.click();
  return true;
}

const acts = {
  j: () => press("j") || mark(1),
  k: () => press("k") || mark(-1),
  "/": () => { document.getElementById("find")?.focus(); return true; },
  "?": () => { document.getElementById("keys").showModal(); return true; },
  d: () => {
    const all = [...document.querySelectorAll("details.how")];
    const open = all.some((one) => !one.open);
    for (const one of all) one.open = open;
    document.body.toggleAttribute("data-how", open); // and on the transcripts that follow
    return all.length > 0;
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.repeat && !(lines().length && "jk".includes(event.key))) return; // a key held down reviews one, not ten
  const name = before === "g" ? "g " + event.key : event.key;
  before = event.key === "g" && before !== "g" ? "g" : "";
  if (before) return;
  const done = acts[name] ? acts[name]() : name.length === 1 || name.startsWith("g ") ? press(name) : false;
  if (done) event.preventDefault();
});
