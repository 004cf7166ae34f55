/* Puts the clinic's chat on a page: a button, and a frame that loads when it is first opened.
   <script src="https://chat.CLINIC/widget.js" data-title="…" data-lang="en" data-accent="#0b5c6b" defer></script> */
(() => {
  const tag = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { origin } = new URL(tag.src);
  const { title = "Ask about dry needling", lang = "en", accent = "#0b5c6b", side = "end" } = tag.dataset;
  const phone = matchMedia("(max-width: 480px), (max-height: 480px)");
  const host = document.createElement("clinic-chat"); // a name that no style of the page speaks of
  host.role = "region";
  host.ariaLabel = title;
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
:host{--a:var(--chat-accent,${/^#[\da-f]{6}$/i.test(accent) ? accent : "#0b5c6b"});position:fixed;z-index:var(--chat-z-index,2147483000);inset-block-end:var(--chat-inset,20px);inset-inline-${side == "start" ? "start" : "end"}:var(--chat-inset,20px);font:600 16px/1.2 system-ui,sans-serif}
@media print{:host{display:none}}
button{all:unset;box-sizing:border-box;display:flex;align-items:center;gap:10px;min-height:56px;padding:0 20px 0 16px;border-radius:28px;background:var(--a);color:var(--chat-on-accent,#fff);cursor:pointer;box-shadow:0 4px 16px #0004;border:1px solid #fff6}
button:hover{box-shadow:0 6px 22px #0006}
button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #111}
i{width:22px;height:18px;border-radius:9px 9px 9px 2px;background:radial-gradient(circle,var(--a) 1.6px,#0000 2px) 0 0/33.3% 100%,currentColor}
b{min-width:22px;border-radius:11px;background:#fff;color:#111;text-align:center;font-size:14px;line-height:22px}
b:empty{display:none}
dialog{position:fixed;inset:auto;inset-block-end:calc(var(--chat-inset,20px) + 68px);inset-inline-${side == "start" ? "start" : "end"}:var(--chat-inset,20px);width:400px;max-width:calc(100vw - 40px);height:640px;max-height:calc(100dvh - 108px);margin:0;padding:0;border:1px solid #0003;border-radius:16px;overflow:hidden;background:#fff;box-shadow:0 12px 48px #0005}
dialog:modal{inset:0;width:100%;height:100dvh;max-width:none;max-height:none;border:0;border-radius:0}
iframe{display:block;border:0;width:100%;height:100%}
@media(max-width:480px){span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}button{padding:0 17px}}
@media(prefers-color-scheme:dark){dialog{background:#14191b}}
@media(forced-colors:active){button{border:2px solid ButtonText}i{forced-color-adjust:none}}`);
  root.adoptedStyleSheets = [sheet];

  const add = (/** @type {string} */ name, /** @type {Node} */ parent) => parent.appendChild(document.createElement(name));
  const button = add("button", root);
  add("i", button);
  add("span", button).textContent = title;
  const badge = add("b", button);
  const panel = /** @type {HTMLDialogElement} */ (add("dialog", root));
  panel.ariaLabel = title;
  button.setAttribute("aria-haspopup", "dialog");
  /** @type {HTMLIFrameElement | undefined} */
  let frame;

  const tell = (/** @type {object} */ message) => frame?.contentWindow?.postMessage({ chat: 1, ...message }, origin);
  const state = () => button.setAttribute("aria-expanded", String(panel.open));
  const focus = () => {
    frame?.focus(); // focus set inside a frame counts only once the page has focused the frame
    tell({ open: 1, focus: 1 });
  };

  function open() {
    phone.matches ? panel.showModal() : panel.show();
    state();
    badge.textContent = "";
    if (frame) return focus();
    frame = /** @type {HTMLIFrameElement} */ (add("iframe", panel));
    frame.title = title;
    frame.src = `${origin}/chat?${new URLSearchParams({ embed: "1", lang, accent, title })}`;
  }
  function close() {
    panel.close();
    button.focus();
  }

  button.onclick = () => (panel.open ? close() : open());
  panel.onclose = () => (state(), tell({ open: 0 }));
  addEventListener("keydown", ({ key }) => key == "Escape" && panel.open && close());
  addEventListener("message", ({ source, data }) => {
    if (!data?.chat || !frame || source != frame.contentWindow) return;
    if (data.close) close();
    if (data.unread) badge.textContent = data.unread;
    if (data.ready) focus();
  });
  state();
  (document.body ?? document.documentElement).append(host);
})();
