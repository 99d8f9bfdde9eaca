// How HeadCalculator writes numbers, and what it says; head_still.py writes the same.
import { asText } from "./kit.js";
import { headTotals, heaviest } from "./head_formulas.js";

const UNITS = ["bytes", "KiB", "MiB", "GiB"];

export function memory(bytes) {
  let power = 0;
  while (power + 1 < UNITS.length && bytes >= 1024 ** (power + 1)) power += 1;
  if (power === 0) return `${bytes} bytes`;
  const unit = 1024 ** power;
  const tenths = Math.floor((10 * bytes + unit / 2) / unit);
  return `${asText(Math.floor(tenths / 10))}.${tenths % 10} ${UNITS[power]}`;
}

export function percent(part, whole) {
  if (part === 0 || part === whole) return part ? "100 %" : "0 %";
  const text = ((100 * part) / whole).toFixed(2);
  if (text === "0.00") return "under 0.01 %";
  return text === "100.00" ? "over 99.99 %" : `${text} %`;
}

export function sizes(numbers) {
  return numbers.map(asText).join(" × ");
}

const many = (count, word) => `${asText(count)} ${word}${count === 1 ? "" : "s"}`;

function mostInWords(layers) {
  const { params } = headTotals(layers);
  const most = heaviest(layers);
  return `${most.name} holds ${most.params === params ? "all" : percent(most.params, params)} of the parameters.`;
}

// What the whole head comes to: first its parameters, then the rest of the sentence.
export function headInWords(layers) {
  const { params, macs, bytes } = headTotals(layers);
  const rest = `(${memory(bytes)} in float32) and ${many(macs, "MAC")} for one image. ${mostInWords(layers)}`;
  return [many(params, "parameter"), rest];
}

export function drawingInWords([vector, ...connected]) {
  const becomes = vector.name === "GAP" ? "averaged" : "flattened";
  const widths = connected.map(({ output }) => asText(output)).join(" → ");
  const first = `A map of ${sizes(vector.input)}, ${becomes} to ${asText(vector.output)} values; then ${widths}.`;
  return `${first} Parameters: ${asText(headTotals(connected).params)}. ${mostInWords(connected)}`;
}
