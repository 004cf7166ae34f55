import { store } from "./store.js";

/** Milliseconds without a byte after which a reply counts as cut off. */
const STALL = 20000;

/** Milliseconds after which what one tab has stored is seen by all. */
const SPREAD = 2000;

/** A request, or an error with the server's `status`, `code` and `after` (seconds). @param {string} method @param {string} path @param {string} [token] @param {object} [body] @param {AbortSignal} [signal] */
export async function call(method, path, token, body, signal = AbortSignal.timeout(STALL)) {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const response = await fetch("/chat/" + path, { method, headers, signal, cache: "no-store", body: JSON.stringify(body) });
  if (response.ok) return response;
  const { error } = await response.json().catch(() => ({}));
  throw Object.assign(Error(), { ...error, token, status: response.status, after: response.headers.get("Retry-After") });
}

/** The lines of a reply as they arrive. @param {Response} response @returns {AsyncGenerator<Message & End>} */
async function* lines(response) {
  const reader = /** @type {any} */ (response.body).pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = "", part; !(part = await reader.read()).done; ) {
    const whole = (rest + part.value).split("\n");
    rest = /** @type {string} */ (whole.pop());
    for (const line of whole) yield JSON.parse(line);
  }
}

/** Runs `work` unless another tab is at it. @param {string} name @param {() => Promise<any>} work */
const alone = (name, work) =>
  navigator.locks ? navigator.locks.request("chat-" + name, { ifAvailable: true }, (lock) => lock && work()) : work();

const uuid = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")
    .replace(/(.{8})(.{4}).(.{3}).(.{3})/, "$1-$2-4$3-8$4-");

/**
 * One conversation. What the patient says is queued on the device, sent in order, and leaves the queue when
 * the server has shown that it is stored. Whatever goes wrong, the server's copy is the truth: the same id
 * is sent again, and the conversation is read again from the last cursor.
 * @param {View} view
 */
export function converse(view) {
  let token = "", cursor = 0, tries = 0, polls = 0, timer = 0;
  let wanted = false; // someone is here to talk: a session may be begun
  let behind = true; // there may be messages that this page has not read
  let history = true; // until the first reading is done, messages are not news
  let ended = false; // the server has refused the session
  let running = false, again = false;
  let closed = false; // too many requests: nothing goes before the server allows it
  /** Stored and not answered yet. @type {Set<string>} */
  let pending = new Set();
  const channel = new BroadcastChannel("chat");
  const changed = () => channel.postMessage(0);
  const show = () => (view.queue(store.queue()), view.busy(pending.size > 0));

  /** Takes over the session that this device holds now. @param {Session | null} [session] */
  function adopt(session = store.session()) {
    const old = token;
    token = session?.token ?? "";
    if (token == old) return;
    cursor = 0;
    pending = new Set();
    behind = history = true;
    ended = false;
    view.begin(session, !!old && !!session);
  }

  /** Nothing leaves the queue unless the other tabs are told: what is no longer queued is there to be read. @param {string} id */
  const settle = (id) => store.remove(id) && changed();

  /** @param {Message} message */
  function receive(message) {
    if (message.role == "user") settle(message.client_id ?? "?");
    view.message(message, !history);
    show();
  }

  async function catchUp() {
    const asked = token;
    behind = false;
    const { messages, pending: open } = await (await call("GET", "messages?after=" + cursor, asked)).json();
    if (asked != token) return;
    for (const message of messages) {
      receive(message);
      cursor = Math.max(cursor, message.cursor);
    }
    pending = new Set(open);
    history = false;
    show();
  }

  /** Sends one message. Returns when it is stored or refused for good; throws when it must be sent again. @param {Queued} item */
  async function send(item) {
    const { id, text, button } = item;
    const stop = new AbortController();
    const alarm = () => setTimeout(() => stop.abort(), STALL);
    let stall = alarm(), stored = false, answered = false;
    view.busy(true);
    try {
      // A button belongs to the conversation in which it was offered; in the next it is said in words.
      const said = button && token.endsWith(item.of) ? { button } : { text };
      const body = { id, ...said, consent: store.consent() || undefined };
      for await (const line of lines(await call("POST", "messages", token, body, stop.signal))) {
        clearTimeout(stall);
        stall = alarm();
        stored = true;
        pending.add(id);
        if (line.done) answered = pending.delete(id);
        else if (line.pending) polls = 3;
        else receive(line);
      }
      if (!stored) throw Error(); // a success that says nothing is no success
    } catch (/** @type {any} */ error) {
      if ([400, 413, 422].includes(error.status)) view.refused(item, error.message);
      else if (!stored) throw error;
    } finally {
      clearTimeout(stall);
    }
    settle(id);
    behind ||= !answered;
    show();
  }

  async function work() {
    adopt();
    if (wanted && (!token || ended)) {
      // One tab begins a session, and lets no other begin one until storage has surely told them of it.
      await new Promise((done, failed) => alone("session", async () => {
        const made = await (await call("POST", "session", "", {})).text();
        if ((store.session()?.token ?? "") != token) return; // another was first
        store.begin(made);
        changed();
        done(0);
        await new Promise((later) => setTimeout(later, SPREAD));
      }).then(done, failed));
      adopt();
    }
    if (!token || ended) return;
    if (behind) await catchUp();
    if (!store.queue()[0]) return;
    await alone("send", async () => {
      for (let item; (item = store.queue()[0]); changed()) await send(item);
    });
  }

  /** Does all there is to do, then sleeps until there may be more. */
  async function pump() {
    again = true;
    if (running || closed) return;
    running = true;
    clearTimeout(timer);
    let wait = 0;
    try {
      for (; again; await work()) again = false;
      tries = 0;
      view.state(!wanted && !token ? "cleared" : pending.size && polls > 2 ? "slow" : "");
      if (pending.size) wait = Math.min(15, 1.4 ** polls++);
      else if (store.queue()[0] || (wanted && !token)) wait = 0.5; // another tab is at it
    } catch (/** @type {any} */ error) {
      behind = true;
      wait = Math.min(30, 2 ** tries++) * (0.75 + Math.random() / 2);
      if (error.code?.startsWith("session")) {
        ended ||= error.token == token;
        if (tries < 2) wait = 0.3; // another tab may have begun the next
      } else if (error.status == 429) {
        wait = Math.max(wait, error.after | 0); // a date, or nothing, counts as 0
        closed = true;
        view.state("limited");
      } else view.state(navigator.onLine ? "waiting" : "offline");
    }
    running = false;
    show();
    if (wait) timer = setTimeout(() => {
      closed = false;
      behind = true;
      pump();
    }, wait * 1000);
  }

  /** Storage or connection changed, here or in another tab. */
  function refresh() {
    behind = true;
    adopt();
    show();
    pump();
  }

  /** Drops what this device holds. @param {boolean} anew begin again at once */
  function leave(anew) {
    const old = token;
    anew ? store.end() : store.clear();
    wanted = anew;
    channel.postMessage(1);
    refresh();
    return old;
  }

  // Tabs tell one another that something has changed (0), or that the device was left (1).
  channel.onmessage = ({ data: left }) => {
    if (left) wanted = false; // cleared in another tab: begin nothing here
    left ? adopt(null) : refresh();
  };
  addEventListener("online", refresh);
  addEventListener("offline", () => view.state("offline"));
  document.addEventListener("visibilitychange", () => document.hidden || refresh());

  return {
    /** Begins, or takes up again what this device holds. */
    start() {
      store.expire();
      wanted = true;
      refresh();
    },
    /** @type {Say} */
    say(text, button) {
      store.add({ id: uuid(), text, button, at: new Date().toISOString(), of: token.slice(-9) });
      wanted = true;
      polls = 0;
      changed();
      show();
      pump();
    },
    /** Ends the conversation: here at once, then on the server. @param {boolean} anew begin again */
    end: (anew) => call("DELETE", "conversation", leave(anew)).catch(() => {}),
    transcript: () => call("GET", "transcript", token),
  };
}
