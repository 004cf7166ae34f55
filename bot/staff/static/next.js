// Forms and links marked data-here bring what follows into the page that stands: to build a whole page anew costs a
// browser several times as much. Without this script, or when anything is odd, they work as any other.
const here = () => location.pathname + location.search;
let shown = here();
let underWay = false;

async function bring(address, request) {
  underWay = true;
  const answer = await fetch(address, request).catch(() => null);
  const text = answer?.ok ? await answer.text().catch(() => "") : "";
  underWay = false;
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.getElementById("queues")) return false;
  for (const name of ["queues", "main"]) document.getElementById(name).replaceChildren(...page.getElementById(name).childNodes);
  if (document.body.hasAttribute("data-how")) for (const one of document.querySelectorAll("details.how")) one.open = true;
  document.title = page.title;
  const there = new URL(answer.headers.get("content-location") ?? answer.url, location);
  if (there.pathname !== location.pathname) scrollTo(0, 0); // else a tag came or went, and the eye stays where it is
  if (there.href !== location.href) history.pushState(null, "", there);
  shown = here();
  document.getElementById("main").focus({ preventScroll: true });
  return true;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-here]")) return;
  event.preventDefault();
  if (underWay) return;
  const headers = { prefer: "return=representation" }; // the next page itself, not the way to it
  const body = new URLSearchParams(new FormData(form));
  if (!(await bring(form.action, { method: "post", body, headers }))) form.submit();
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-here]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (!underWay && !(await bring(link.href))) location.assign(link.href);
});

addEventListener("popstate", () => { if (here() !== shown) location.reload(); });
