// What the head of a network costs, as in cnnlab.widgets.head_layers; a browser test holds both against each other.
// Every number stays below 2^53 within the widget's ranges, so that all of them are exact.
const FLOAT32 = 4; // bytes

// The first row makes a vector of the map and costs nothing; the others are fully connected.
export function headLayers({ height, width, channels, vector, hidden, classes, bias }) {
  const isFlat = vector === "flatten";
  const length = isFlat ? height * width * channels : channels;
  const features = [length, ...hidden, classes];
  const connected = features.slice(1).map((output, at) => {
    const macs = features[at] * output;
    const params = macs + (bias ? output : 0);
    return { name: `FC${at + 1}`, input: [features[at]], output, params, macs, bytes: FLOAT32 * params };
  });
  const first = { name: isFlat ? "Flatten" : "GAP", input: [height, width, channels], output: length };
  return [{ ...first, params: 0, macs: 0, bytes: 0 }, ...connected];
}

export function headTotals(layers) {
  const sum = (what) => layers.reduce((total, layer) => total + layer[what], 0);
  return { params: sum("params"), macs: sum("macs"), bytes: sum("bytes") };
}

// The layer with the most parameters, the first of equals.
export function heaviest(layers) {
  return layers.reduce((most, layer) => (layer.params > most.params ? layer : most));
}

// What an added layer begins with: the largest power of two up to half of what comes before.
export function halfOf(features, { min, max }) {
  return Math.min(max, Math.max(min, 2 ** Math.floor(Math.log2(features / 2))));
}

export function isWithin({ values, min, max, most }, value) {
  const isFine = (number) => Number.isInteger(number) && min <= number && number <= max;
  if (values) return values.includes(value);
  return most ? Array.isArray(value) && value.length <= most && value.every(isFine) : isFine(value);
}
