// "Reviewed, next" brings the next transcript into the page that stands: to build a whole page anew costs a browser
// several times as much. Without this script, or when anything is odd, the form is sent as any other.
const here = () => location.pathname + location.search;
let shown = here();

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-next]")) return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: "post", body }).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  if (!page?.getElementById("queues")) return form.submit();
  for (const name of ["queues", "main"]) document.getElementById(name).replaceChildren(...page.getElementById(name).childNodes);
  document.title = page.title;
  history.pushState(null, "", answer.url);
  shown = here();
  scrollTo(0, 0);
  document.getElementById("main").focus();
});
addEventListener("popstate", () => { if (here() !== shown) location.reload(); });
