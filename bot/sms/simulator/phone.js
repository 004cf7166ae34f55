// Draws the thread again when it has changed; the page works without it.
const thread = document.getElementById("thread");

async function refresh() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("thread");
  if (fresh && fresh.textContent !== thread.textContent) thread.replaceChildren(...fresh.children);
}

setInterval(() => { if (!document.hidden) refresh().catch(() => {}); }, 1500);
