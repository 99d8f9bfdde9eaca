// What a convolution costs, as in cnnlab.count; a browser test holds both, and PyTorch, against each other.
// Every number stays below 2^53 within the widget's ranges, so that all of them are exact.

// The settings have PyTorch's names. What does not fit has {fits: false} and no numbers.
export function layer({ size, kernel_size: F, stride, padding, dilation, in_channels: C, out_channels: K }) {
  const span = dilation * (F - 1) + 1;
  const padded = size + 2 * padding;
  if (span > padded) return { fits: false, span, padded };
  const slack = padded - span;
  const output = Math.floor(slack / stride) + 1;
  const weights = F * F * C; // of one kernel
  return {
    fits: true,
    span,
    padded,
    slack,
    rest: slack % stride, // rows, and columns, that the floor leaves outside every window
    output,
    params: K * (weights + 1),
    paramsWithoutBias: K * weights,
    macs: K * output * output * weights,
    activationBytes: 4 * K * output * output,
    unseen: size ** 2 - seenAlongAxis({ size, kernel_size: F, stride, padding, dilation }, output).size ** 2,
  };
}

// Positions along one axis that output number n multiplies; below 0 and from `size` on they are padding.
export function positions({ kernel_size, stride, padding, dilation }, n) {
  return Array.from({ length: kernel_size }, (_, k) => n * stride - padding + k * dilation);
}

function seenAlongAxis(settings, output) {
  const seen = new Set();
  for (let n = 0; n < output; n++) {
    for (const at of positions(settings, n)) if (0 <= at && at < settings.size) seen.add(at);
  }
  return seen;
}

// Rows, and columns, of the padded input that no output ever multiplies, counted from the padding's edge.
export function unseenAlongAxis(settings, output) {
  const all = { ...settings, size: settings.size + 2 * settings.padding, padding: 0 };
  const seen = seenAlongAxis(all, output);
  return Array.from({ length: all.size }, (_, at) => at).filter((at) => !seen.has(at));
}

// What has to be changed, in words; an empty text for settings that work.
export function problem(settings, controls) {
  return outOfRange(settings, controls) || misfit(settings);
}

export function outOfRange(settings, controls) {
  const wrong = controls.find(({ name, min, max }) => {
    return !(Number.isInteger(settings[name]) && min <= settings[name] && settings[name] <= max);
  });
  return wrong ? `${wrong.label}: give a whole number from ${wrong.min} to ${wrong.max}.` : "";
}

function misfit(settings) {
  const { fits, span, padded } = layer(settings);
  if (fits) return "";
  return (
    `The kernel spans ${span} pixels, but the input is only ${padded} wide with its padding. ` +
    `Take a smaller kernel${settings.dilation > 1 ? " or dilation" : ""}, a larger input, or more padding.`
  );
}
