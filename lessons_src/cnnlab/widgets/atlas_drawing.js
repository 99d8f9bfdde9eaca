// AtlasExplorer's curves; atlas_still.py draws the same for readers without JavaScript.
import { asText } from "./kit.js";
import { axes, curveNames } from "./chart.js";
import { dots, line, path, svgText } from "./drawing.js";
import { findCell, mean, nearestPlace } from "./atlas_cells.js";
import { neuronsInWords } from "./atlas_words.js";

const WIDE = 400;
export const CURVES_BOX = `0 0 ${WIDE} 390`;
const BOX = { left: 44, right: 272, top: 44, bottom: 344 };
const INSET = 8; // from the box's sides to the first and the last width
const FIRST_NAME = 34; // the chosen width's name keeps so far from the box's sides
const CURVES = { training: "train", test: "test" };

const height = (hundredths) => BOX.bottom - (hundredths / 10000) * (BOX.bottom - BOX.top);

// Where a width stands: each doubling takes the same room.
function acrossAll(cells) {
  const widths = cells.flatMap(({ neurons }) => neurons);
  const [low, high] = [Math.min(...widths), Math.max(...widths)];
  const room = BOX.right - BOX.left - 2 * INSET;
  const x = (neurons) => BOX.left + INSET + (Math.log2(neurons / low) / (Math.log2(high / low) || 1)) * room;
  const powers = Array.from({ length: 16 }, (_, power) => 4 ** power);
  return { x, ticks: powers.filter((width) => low <= width && width <= high) };
}

// A dot for each network, the means as a line, and a ring at the chosen width.
function curve(name, cell, place, x) {
  const values = cell[CURVES[name]];
  const means = values.map((of, n) => [x(cell.neurons[n]), height(mean(of))]);
  const seeds = values.flatMap((of, n) => of.map((value) => [means[n][0], height(value)]));
  return (
    path(`seeds cnn-is-${name}`, dots(...seeds)) +
    path(`curve cnn-is-${name}`, line(...means)) +
    path(`ring cnn-is-${name}`, dots(means[place])) +
    path("ring-hole", dots(means[place]))
  );
}

// The drawing's inside, as SVG.
export function curvesDrawn(cells, setting, neurons) {
  const { x, ticks } = acrossAll(cells);
  const percents = [0, 20, 40, 60, 80, 100].map((percent) => [height(100 * percent), `${percent} %`]);
  const frame = axes(BOX, ticks.map((width) => [x(width), asText(width)]), percents, "neurons", "accuracy");
  const cell = findCell(cells, setting);
  if (!cell) return frame;
  const place = nearestPlace(cell.neurons, neurons);
  const width = cell.neurons[place];
  const middle = Math.min(Math.max(x(width), BOX.left + FIRST_NAME), BOX.right - FIRST_NAME);
  const levels = Object.entries(cell.levels).map(([name, level]) => [name, height(level)]);
  const ends = Object.entries(CURVES).map(([name, column]) => [name, height(mean(cell[column].at(-1)))]);
  return [
    frame,
    path("chosen", line([x(width), BOX.top], [x(width), BOX.bottom])),
    svgText("name cnn-is-chosen cnn-middle", middle, BOX.top - 8, neuronsInWords(width)),
    ...levels.map(([, at]) => path("level", line([BOX.left, at], [BOX.right, at]))),
    ...Object.keys(CURVES).map((name) => curve(name, cell, place, x)),
    curveNames(BOX.right + 6, Object.fromEntries([...ends, ...levels])),
  ].join("");
}

// The width of a setting that a pointer is nearest to.
export function widthUnder(event, svg, cells, setting) {
  const cell = findCell(cells, setting);
  if (!cell) return null;
  const { left, width } = svg.getBoundingClientRect();
  const { x } = acrossAll(cells);
  const at = ((event.clientX - left) / width) * WIDE;
  const distances = cell.neurons.map((neurons) => Math.abs(x(neurons) - at));
  return cell.neurons[distances.indexOf(Math.min(...distances))];
}
