// Starts the widgets of a built page: no kernel, no network, nobody else's code.
// A page carries the state of its widgets as JSON; each anywidget's own JavaScript is part of that state.
// What this file cannot run is an error that is seen, never a control that does nothing.
(() => {
  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
  const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';

  // As much of anywidget's model as a page without a kernel can offer.
  class Model {
    #state;
    #listeners = new Map();

    constructor(state) {
      this.#state = state;
    }
    get(name) {
      return this.#state[name];
    }
    set(name, value) {
      const changes = typeof name === "string" ? { [name]: value } : name;
      const changed = Object.keys(changes).filter((key) => !same(this.#state[key], changes[key]));
      for (const key of changed) this.#state[key] = changes[key];
      for (const key of changed) this.#emit(`change:${key}`, changes[key]);
      if (changed.length) this.#emit("change");
    }
    save_changes() {} // there is no kernel to tell
    on(events, listener) {
      for (const event of events.split(/\s+/)) {
        if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
        this.#listeners.get(event).add(listener);
      }
    }
    off(events, listener) {
      const named = events ? events.split(/\s+/) : [...this.#listeners.keys()];
      for (const event of named) {
        if (listener) this.#listeners.get(event)?.delete(listener);
        else this.#listeners.delete(event);
      }
    }
    send() {
      throw new Error("This page has no kernel to send a message to.");
    }
    #emit(event, ...details) {
      for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(this, ...details);
    }
  }

  function same(a, b) {
    return a === b || JSON.stringify(a) === JSON.stringify(b);
  }

  const modules = new Map(); // source → promise of its default export
  function load(source) {
    if (!modules.has(source)) {
      const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      modules.set(
        source,
        import(address)
          .then(({ default: widget }) => (typeof widget === "function" ? widget() : widget))
          .finally(() => URL.revokeObjectURL(address)),
      );
    }
    return modules.get(source);
  }

  const styles = new Set();
  function apply(css) {
    if (!css || styles.has(css)) return;
    styles.add(css);
    const style = document.createElement("style");
    style.textContent = css;
    document.head.append(style);
  }

  const models = new Map(); // model id → promise of {model, widget}
  function modelOf(id, states) {
    if (!models.has(id)) models.set(id, makeModel(id, states));
    return models.get(id);
  }

  function idOf(script) {
    return JSON.parse(script.textContent).model_id;
  }

  async function makeModel(id, states) {
    const saved = states[id];
    if (!saved) throw new Error(`This page shows widget ${id} but carries no state for it.`);
    const { _esm: source, _css: css } = saved.state;
    if (!source) {
      throw new Error(`This page cannot run a ${saved.model_module} ${saved.model_name}: it needs a kernel.`);
    }
    if (saved.buffers?.length) throw new Error(`Widget ${id} keeps binary data, which this page cannot read.`);
    apply(css);
    const model = new Model(saved.state);
    const widget = await load(source);
    await widget.initialize?.({ model, experimental });
    return { model, widget };
  }

  const experimental = {
    invoke() {
      throw new Error("This page has no kernel to call.");
    },
  };

  // The address keeps what the reader has set, so that a setting can be linked to: ?size=27&stride=2
  // What was not touched is not in it. Other parts of the address, such as #anchors, stay as they are.
  const NOTE_AFTER = 250; // ms: browsers refuse to rewrite an address too often
  const taken = new Set();

  function nameInAddress(key, name) {
    const own = key ? `${key}.${name}` : name;
    let free = own;
    for (let n = 2; taken.has(free); n++) free = `${own}.${n}`;
    taken.add(free);
    return free;
  }

  // True when the address had something for this widget.
  function keepInAddress({ model, widget: { address } }) {
    if (!address) return false;
    const names = Object.keys(address.write(model)).map((name) => [name, nameInAddress(model.get("key"), name)]);
    const query = new URLSearchParams(location.search);
    const found = names.filter(([, full]) => query.has(full));
    const texts = Object.fromEntries(found.map(([name, full]) => [name, query.get(full)]));
    const before = JSON.stringify(address.write(model));
    model.set(address.read(model, texts)); // what makes no sense is not read
    let timer;
    model.on("change", () => {
      clearTimeout(timer);
      timer = setTimeout(() => note(names, address.write(model)), NOTE_AFTER);
    });
    return JSON.stringify(address.write(model)) !== before;
  }

  function note(names, texts) {
    const query = new URLSearchParams(location.search);
    for (const [name, full] of names) query.set(full, texts[name]);
    history.replaceState(history.state, "", `?${query}${location.hash}`);
  }

  // Who opens a link to a setting wants to see that widget; who comes back, the place that was left.
  function goTo(script) {
    const [visit] = performance.getEntriesByType("navigation");
    if (!script || location.hash || visit?.type !== "navigate") return;
    script.nextElementSibling.firstElementChild?.scrollIntoView();
  }

  async function show(script, states) {
    const { model, widget } = await modelOf(idOf(script), states);
    const el = document.createElement("div");
    el.className = "cnnlab-widget";
    // In the document before it is drawn: a widget may measure itself.
    script.after(el);
    await widget.render?.({ model, el, experimental });
    for (const other of [...el.parentElement.children]) {
      if (other.matches(".cnnlab-fallback")) other.remove();
    }
  }

  async function start() {
    const states = {};
    for (const script of document.querySelectorAll(STATE)) Object.assign(states, JSON.parse(script.textContent).state);
    const scripts = [...document.querySelectorAll(VIEW)];
    // All are loaded before the first is shown: their names in the address go by their order on the page.
    const loaded = await Promise.allSettled(scripts.map((script) => modelOf(idOf(script), states)));
    const firstViews = new Map();
    loaded.forEach(({ value }, n) => value && !firstViews.has(value) && firstViews.set(value, scripts[n]));
    const linked = [...firstViews].filter(([widget]) => keepInAddress(widget));
    const shown = await Promise.allSettled(scripts.map((script) => show(script, states)));
    goTo(linked[0]?.[1]);
    for (const { reason } of shown.filter(({ status }) => status === "rejected")) {
      setTimeout(() => {
        throw reason; // uncaught, so that the console and the browser tests see it
      });
    }
    document.documentElement.dataset.widgets = shown.every(({ status }) => status === "fulfilled") ? "ready" : "failed";
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
