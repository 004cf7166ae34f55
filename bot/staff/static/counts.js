// The queues' counts, fresh every 30 seconds while the page is seen. Without this script they are as old as the page.
const queues = document.getElementById("queues");
setInterval(async () => {
  if (document.hidden || queues.contains(document.activeElement)) return;
  const answer = await fetch("/staff/counts?at=" + encodeURIComponent(location.pathname + location.search)).catch(() => null);
  if (answer?.ok) queues.innerHTML = await answer.text();
}, 30_000);
