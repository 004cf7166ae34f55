// Reads a JSON list of texts, writes for each its encoding and number of segments, as Twilio counts.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const { SegmentedMessage } = createRequire(import.meta.url)("sms-segments-calculator");
const texts = JSON.parse(readFileSync(0, "utf8"));
const counted = texts.map((text) => {
  const message = new SegmentedMessage(text);
  return [message.getEncodingName(), message.segmentsCount];
});
process.stdout.write(JSON.stringify(counted));
