// A chart's axes and the names of its curves; chart.py draws the same.
import { escaped, line, path, svgText } from "./drawing.js";

const LABEL_ROOM = 14; // from one name to the next

// Ticks are [place, text]; `ylabel` stands above its axis.
export function axes({ left, right, top, bottom }, xTicks, yTicks, xlabel, ylabel) {
  return [
    path("grid", yTicks.map(([at]) => line([left, at], [right, at])).join("")),
    ...yTicks.map(([at, text]) => svgText("tick cnn-end", left - 6, at + 4, text)),
    ...xTicks.map(([at, text]) => svgText("tick cnn-middle", at, bottom + 18, text)),
    svgText("axis cnn-middle", (left + right) / 2, bottom + 36, escaped(xlabel)),
    svgText("axis", 0, 12, escaped(ylabel)),
  ].join("");
}

// The name of each curve beside its end, the upper ones first; where they would meet, lower.
export function curveNames(x, heights) {
  let below = -Infinity;
  const sorted = Object.entries(heights).sort(([, a], [, b]) => a - b);
  return sorted.map(([name, height]) => {
    below = Math.max(height, below + LABEL_ROOM);
    return svgText(`name cnn-is-${name.split(" ")[0]}`, x, below + 4, name);
  }).join("");
}
