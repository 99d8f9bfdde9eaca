// What AtlasExplorer finds in the atlas, as in atlas_cells.py; a browser test holds both against each other.

export const SETTING = ["dataset", "train_size", "label_noise", "stop"];
const FIELDS = ["neurons", "test", "train", "train_true", "steps", "seconds", "collapsed", "fitted", "params", "macs"];

const isOf = (setting) => (cell) => SETTING.every((name) => cell[name] === setting[name]);

// The networks of a setting, undefined where none was trained.
export function findCell(cells, setting) {
  return cells.find(isOf(setting));
}

// Which of a control's values can be chosen while the others stay; of the images all, for which others may change.
export function offered(cells, setting, { name, values }) {
  return values.map((value) => name === "dataset" || cells.some(isOf({ ...setting, [name]: value })));
}

// The trained setting that is most like another one: the same images if there are any, and so on.
export function closest(cells, setting) {
  const far = (cell) => [
    Number(cell.dataset !== setting.dataset),
    Math.abs(cell.label_noise - setting.label_noise),
    Math.abs(Math.log(cell.train_size / setting.train_size)),
    Number(cell.stop !== setting.stop),
  ];
  const isNearer = (one, other) => {
    const place = one.findIndex((distance, n) => distance !== other[n]);
    return place >= 0 && one[place] < other[place];
  };
  const best = cells.reduce((nearest, cell) => (isNearer(far(cell), far(nearest)) ? cell : nearest));
  return Object.fromEntries(SETTING.map((name) => [name, best[name]]));
}

// The place of the width that is nearest to `neurons` as a ratio; of equals the first.
export function nearestPlace(widths, neurons) {
  const ratios = widths.map((width) => Math.max(width / neurons, neurons / width));
  return ratios.indexOf(Math.min(...ratios));
}

// The networks of a setting's width, counted from 0.
export function measuredAt(cell, place) {
  return Object.fromEntries(FIELDS.map((name) => [name, cell[name][place]]));
}

export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
