// GuessCurve's drawing; guess_still.py draws the same for readers without JavaScript.
import { axes, curveNames } from "./chart.js";
import { dots, escaped, line, path } from "./drawing.js";
import { written } from "./guess_words.js";

export const WIDE = 400;
export const HIGH = 300;
export const BOX = { left: 44, right: 306, top: 36, bottom: 246 };
const TICK_ROOM = 8; // for each sign of a tick's text
const STEPS_OF_Y = 5;

// Where the points stand: each has a column of the same width.
export function placesOf(count) {
  return Array.from({ length: count }, (_, n) => BOX.left + ((n + 0.5) / count) * (BOX.right - BOX.left));
}

function heightOf({ ylim: [low, high] }, value) {
  return BOX.bottom - ((value - low) / (high - low)) * (BOX.bottom - BOX.top);
}

// Where there is no room for all, some texts are left out; the last one stays.
function everyNth(texts, most) {
  const nth = Math.ceil(texts.length / most);
  return texts.map((text, place) => ((texts.length - 1 - place) % nth === 0 ? text : ""));
}

function frameOf(state, across) {
  const { ylim: [low, high], controls, xlabel, ylabel } = state;
  const levels = Array.from({ length: STEPS_OF_Y + 1 }, (_, n) => low + (n / STEPS_OF_Y) * (high - low));
  const ticks = controls.map(({ tick }) => tick);
  const most = Math.floor((BOX.right - BOX.left) / (TICK_ROOM * Math.max(...ticks.map(({ length }) => length))));
  const shown = everyNth(ticks.map(escaped), most);
  const yTicks = levels.map((level) => [heightOf(state, level), written(state, level)]);
  return axes(BOX, across.map((x, n) => [x, shown[n]]), yTicks, xlabel, ylabel);
}

function measuredOf(guess, measured) {
  const means = measured.map(([mean]) => mean);
  const edge = [...measured.map(([, low]) => low), ...measured.map(([, , high]) => high).reverse()];
  return [
    path("miss", guess.map((point, n) => line(point, means[n])).join("")),
    measured[0].length === 3 ? path("band", `${line(...edge)}z`) : "",
    path("measured", line(...means)),
    path("measured-dots", dots(...means)),
  ].join("");
}

// The drawing's inside, as SVG.
export function guessDrawn(state) {
  const across = placesOf(state.guess.length);
  const guess = state.guess.map((value, n) => [across[n], heightOf(state, value)]);
  const measured = state.values.map((values, n) => values.map((value) => [across[n], heightOf(state, value)]));
  const last = measured.at(-1)[0][1];
  return [
    frameOf(state, across),
    path("column", across.map((x) => line([x, BOX.top], [x, BOX.bottom])).join("")),
    state.revealed ? measuredOf(guess, measured) : "",
    path("guess", line(...guess)),
    path("guess-dots", dots(...guess)),
    curveNames(BOX.right + 6, { "your guess": guess.at(-1)[1], ...(state.revealed ? { measured: last } : {}) }),
  ].join("");
}

// Which point a pointer is nearest to, and how high it is, from 0 to 1.
export function pointUnder({ clientX, clientY }, svg, count) {
  const { left, top, width } = svg.getBoundingClientRect();
  const [x, y] = [clientX - left, clientY - top].map((pixels) => (pixels / width) * WIDE);
  const column = Math.floor(((x - BOX.left) / (BOX.right - BOX.left)) * count);
  const share = (BOX.bottom - y) / (BOX.bottom - BOX.top);
  return [Math.max(0, Math.min(count - 1, column)), Math.max(0, Math.min(1, share))];
}
