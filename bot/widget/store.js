/*
 * What this device keeps: the session, the choice about keeping words, and messages that wait to be sent,
 * each under a key of its own so that tabs never overwrite one another. No transcript: the clinic has that.
 */
const SESSION = "chat-session", CONSENT = "chat-consent", QUEUE = "chat-queue-", USED = "chat-used", DAY = 864e5;

/** A plain object stands in where the browser refuses storage to a frame of another site. @type {Record<string, string>} */
let disk = {};
try {
  disk = /** @type {any} */ (localStorage);
} catch {}

const keys = (prefix = "chat-") => Object.keys(disk).filter((key) => key.startsWith(prefix)).sort();
const drop = (/** @type {string} */ key) => delete disk[key];

export const store = {
  /** @returns {Session | null} */
  session: () => JSON.parse(disk[SESSION] ?? "null"),
  /** @param {string} session JSON */
  begin: (session) => (disk[SESSION] = session),
  end: () => drop(SESSION),
  /** @returns {boolean | null} whether the words may be kept; null: not asked yet */
  consent: () => JSON.parse(disk[CONSENT] ?? "null"),
  /** @param {boolean} given */
  setConsent: (given) => (disk[CONSENT] = String(given)),
  /** @returns {Queued[]} oldest first */
  queue: () => keys(QUEUE).map((key) => JSON.parse(disk[key])),
  /** @param {Queued} item */
  add(item) {
    const last = Number(keys(QUEUE).pop()?.split("-")[2] ?? 0);
    // Date.now() has 13 digits until 2286; a clock set back must not change the order.
    disk[`${QUEUE}${Math.max(Date.now(), last + 1)}-${item.id}`] = JSON.stringify(item);
  },
  /** @param {string} id @returns {number} how many were there */
  remove: (id) => keys(QUEUE).filter((key) => key.endsWith(id)).map(drop).length,
  clear: () => keys().forEach(drop),
  /** A conversation does not stay on a device that has not been used for a day, unless words wait to be sent. */
  expire() {
    if (Date.now() - Number(disk[USED] ?? NaN) > DAY && !keys(QUEUE)[0]) store.clear();
    disk[USED] = String(Date.now());
  },
};
