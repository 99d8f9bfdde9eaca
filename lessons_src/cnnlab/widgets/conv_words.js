// What ConvArithmetic says: formulas with the numbers filled in, and what a window looks at.
import { asText } from "./kit.js";
import { positions } from "./conv_formulas.js";

const many = (count, word) => `${asText(count)} ${word}${count === 1 ? "" : "s"}`;

export function memory(bytes) {
  if (bytes < 1024) return "";
  const [unit, size] = bytes < 1024 ** 2 ? ["KiB", 1024] : ["MiB", 1024 ** 2];
  return ` = ${(bytes / size).toLocaleString("en-US", { maximumFractionDigits: 1 })} ${unit}`;
}

// [what, its formula in letters, its value as parts that a line may break between]
export const ROWS = [
  ["Output height and width", "⌊(H + 2P − D·(F − 1) − 1) / S⌋ + 1", outputSize],
  ["Output shape", "K × Ho × Wo", (s, l) => [`${asText(s.out_channels)} × ${l.output} × ${l.output}`]],
  ["Parameters", "K·(C·F² + 1), the 1 is the bias", parameters],
  ["MACs for one image", "K·Ho·Wo·C·F²", multiplyAdds],
  ["Activation memory", "K·Ho·Wo values of 4 bytes (float32)", activations],
];

function outputSize({ size, kernel_size, stride, padding, dilation }, { slack, output }) {
  return [
    `⌊(${size} + 2·${padding} − ${dilation}·(${kernel_size} − 1) − 1) / ${stride}⌋ + 1`,
    `= ⌊${slack} / ${stride}⌋ + 1`,
    `= ${output}`,
  ];
}

function parameters({ in_channels: C, out_channels: K, kernel_size: F }, { params, paramsWithoutBias }) {
  return [`${K}·(${C}·${F}² + 1)`, `= ${asText(params)}`, `(${asText(paramsWithoutBias)} without biases)`];
}

function multiplyAdds({ in_channels: C, out_channels: K, kernel_size: F }, { output, macs }) {
  return [`${K}·${output}·${output}·${C}·${F}²`, `= ${asText(macs)}`];
}

function activations({ out_channels: K }, { output, activationBytes }) {
  return [`${K}·${output}·${output}·4`, `= ${asText(activationBytes)} bytes${memory(activationBytes)}`];
}

// Where the floor bites, and whether anything of the image is missed.
export function floorNote({ size, stride, padding }, { slack, rest, unseen }) {
  const edge = rest === 1 ? "last row and the last column" : `last ${rest} rows and columns`;
  const where = padding ? "the padded input" : "the input";
  const floor = rest
    ? `${slack} is not a multiple of ${stride}: the floor leaves the ${edge} of ${where} outside every window. `
    : "";
  if (!unseen) return `${floor}Every pixel of the input is looked at.`;
  const are = unseen === 1 ? "is" : "are";
  return `${floor}${asText(unseen)} of ${many(size ** 2, "input pixel")} ${are} never looked at (hatched).`;
}

// Counted from 1, as people count rows.
function places(word, real) {
  const [first, second, third] = real.map((n) => n + 1);
  const last = real.at(-1) + 1;
  if (real.length === 1) return `${word} ${first}`;
  if (last - first === real.length - 1) return `${word}s ${first} to ${last}`;
  if (real.length === 2) return `${word}s ${first} and ${second}`;
  if (real.length === 3) return `${word}s ${first}, ${second} and ${last}`;
  return `${word}s ${first}, ${second}, ${third} … ${last}`;
}

export function lookedAt(settings, { row, column }) {
  const inside = (n) => positions(settings, n).filter((at) => 0 <= at && at < settings.size);
  const [rows, columns] = [inside(row), inside(column)];
  const padded = settings.kernel_size ** 2 - rows.length * columns.length;
  const from = `Output row ${row + 1}, column ${column + 1} looks at`;
  if (!rows.length || !columns.length) return `${from} padding alone.`;
  const are = padded === 1 ? "is" : "are";
  const padding = padded ? ` ${padded} of its ${settings.kernel_size ** 2} pixels ${are} padding.` : "";
  return `${from} ${places("row", rows)} and ${places("column", columns)} of the input.${padding}`;
}

// What is drawn of an input that is too large to be drawn whole.
export function partShown({ size, padding }, { shown, at }) {
  if (shown === size + 2 * padding) return "";
  const [top, left] = [at.row, at.column].map((from) => Math.max(0, from - padding));
  const [bottom, right] = [at.row, at.column].map((from) => Math.min(size, from + shown - padding));
  const drawn = `rows ${top + 1} to ${bottom} and columns ${left + 1} to ${right} of ${size}`;
  return `Drawn here: ${drawn}. The picture follows the window.`;
}
