/* The shapes of the chat protocol (docs/install-widget.md). Read by the type check only; never served. */

interface Clinic {
  name: string;
  phone: string;
  emergency_number: string;
  privacy_url: string;
}

interface Session {
  token: string;
  expires_at: string;
  clinic: Clinic;
  consent_needed: boolean;
  /** The clinic's own words; its consent records name their version. */
  consent_text: string;
  lang: string;
}

interface Message {
  cursor: number;
  role: "user" | "bot";
  text: string;
  at: string;
  /** The patient's message id: on the patient's own line, and on each line that answers it. */
  client_id: string | null;
  kind: "answer" | "urgent" | "scale" | "body_map" | "curve" | "notice";
  buttons: { title: string }[];
  sources: { label: string; url: string }[];
  tier: "emergency" | "same_day" | null;
  svg: string | null;
}

/** The last line of a reply: answered, or stored and answered later. */
interface End {
  done?: boolean;
  pending?: boolean;
}

/** A patient's message that the server has not confirmed yet. */
interface Queued {
  id: string;
  text: string;
  at: string;
  /** The end of the token of the conversation in which it was said. */
  of: string;
  button?: { message: number; index: number };
}

type State = "" | "offline" | "waiting" | "limited" | "slow" | "cleared";

/** What a conversation tells the page that shows it. */
interface View {
  /** A session began; `ended`: it follows one that the server no longer knows. Null: this device was cleared. */
  begin(session: Session | null, ended: boolean): void;
  /** A message, in whatever order it arrives, once each; `fresh`: it is news and not history. */
  message(message: Message, fresh: boolean): void;
  queue(items: Queued[]): void;
  refused(item: Queued, reason: string): void;
  busy(on: boolean): void;
  state(state: State): void;
}

/** How a message offers its answers: sends text, or the chosen button. */
type Say = (text: string, button?: { message: number; index: number }) => void;

/** The strings of the interface, `strings/<language>.json`. */
type Strings = Record<string, string> & { parts?: Record<string, string>; starters: string[] };
