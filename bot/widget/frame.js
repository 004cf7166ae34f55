import { converse } from "./conversation.js";
import { $, h, loadStrings, strings, t } from "./dom.js";
import { markdown, tel } from "./markdown.js";
import { store } from "./store.js";
import { spell, transcript } from "./transcript.js";

const asked = new URLSearchParams(location.search);
const framed = parent != window;
const root = document.documentElement;
const input = $("text"), menu = $("menu"), status = $("state");
let open = !framed, unread = 0, state = "";

/** Tells the page around the frame; never a word of the conversation. @param {object} message */
const tell = (message) => parent.postMessage({ chat: 1, ...message }, "*");
const note = (/** @type {string} */ words) => status.textContent == words || (status.textContent = words);

await loadStrings(/^[a-z]{2}$/.exec(asked.get("lang") ?? "")?.[0] ?? "en");
for (const element of /** @type {any} */ (document.querySelectorAll("[data-t]"))) element.textContent = t(element.dataset.t || element.id);
$("transcript").ariaLabel = t("conversation");
input.placeholder = t("placeholder");
const accent = asked.get("accent") ?? "";
if (/^#[\da-f]{6}$/i.test(accent)) root.style.setProperty("--accent", accent);
root.classList.toggle("framed", framed);

/** @param {string[]} titles @param {(index: number) => void} act */
const choices = (titles, act) => h("div", { className: "replies" },
  ...titles.map((title, index) => h("button", { onclick: () => (act(index), input.focus()) }, title)));

/** The first line: who speaks, what it is not for, who reads along. @param {Session} session */
function introduce({ clinic, consent_needed, consent_text }) {
  const call = (/** @type {string} */ number) => `[${spell(number)}](${tel(number)})`;
  $("title").textContent = document.title = asked.get("title") || t("title", { ...clinic });
  $("notice").replaceChildren(markdown(t("notice", {
    emergency: call(clinic.emergency_number), phone: call(clinic.phone), privacy: clinic.privacy_url })));
  if (consent_needed && store.consent() == null) askConsent(consent_text);
  $("starters").replaceChildren(choices(strings.starters, (index) => conversation.say(strings.starters[index])));
}

/** Whether the words may be kept beyond the session. Not to answer means no. @param {string} question the clinic's */
function askConsent(question) {
  const box = h("div", { className: "card" }, h("p", {}, question), choices([t("consent_yes"), t("consent_no")], (index) => {
    store.setConsent(!index);
    box.remove();
  }));
  $("notice").append(box);
}

const said = transcript((text, button) => conversation.say(text, button));
const conversation = converse({
  ...said,
  begin(session, ended) {
    said.begin(session, ended);
    session ? introduce(session) : note(t("state_cleared"));
  },
  message(message, fresh) {
    said.message(message, fresh);
    if (message.role == "user") $("starters").textContent = "";
    if (fresh && !open && message.role == "bot") tell({ unread: ++unread });
  },
  busy: (on) => ($("typing").hidden = !on),
  state(name) {
    if (name != state) note((state = name) && t("state_" + name));
  },
});

function send() {
  const text = input.value.trim();
  input.value = "";
  input.focus();
  if (text) conversation.say(text);
}

async function download() {
  const href = URL.createObjectURL(await (await conversation.transcript()).blob());
  h("a", { href, download: t("download_name") }).click();
}

/** Asks first. @param {string} key of the strings @param {() => void} act */
function confirmed(key, act) {
  const dialog = $("ask");
  $("question").textContent = t(key + "_ask");
  $("yes").textContent = t(key);
  dialog.returnValue = "";
  dialog.onclose = () => (dialog.returnValue && act(), input.focus());
  dialog.showModal();
}

$("composer").onsubmit = (/** @type {Event} */ event) => (event.preventDefault(), send());
input.onkeydown = (/** @type {KeyboardEvent} */ event) => {
  if (event.key == "Enter" && !event.shiftKey && !event.isComposing) (event.preventDefault(), send());
};
input.oninput = () => {
  const n = input.maxLength - input.value.length;
  if (n < 100) note(t("state_left", { n }));
};
$("restart").onclick = () => confirmed("restart", () => conversation.end(true));
$("clear").onclick = () => confirmed("clear", () => conversation.end(false));
$("download").onclick = () => download().catch(() => note(t("state_waiting")));
$("close").onclick = () => tell({ close: 1 });
onclick = ({ target }) => {
  if (!menu.firstElementChild.contains(target)) menu.open = false;
};
onkeydown = ({ key }) => {
  if (key != "Escape" || $("ask").open) return;
  if (menu.open) (menu.open = false), menu.firstElementChild.focus();
  else tell({ close: 1 });
};
onmessage = ({ source, data }) => {
  if (source != parent || !data?.chat) return;
  open = data.open;
  unread = 0;
  if (open) input.focus();
};

tell({ ready: 1 });
conversation.start();
