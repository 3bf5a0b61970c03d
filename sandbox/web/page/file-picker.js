import { h, iconButton, toast } from "./dom.js";

const MOST_FILES = 10;
const MOST_BYTES = 20 * 1024 * 1024;

/** Files that are to go with the next message: chosen with a button, or dropped on the message box. */
export class FilePicker {
  #files = [];
  #input = h("input", { type: "file", multiple: true, hidden: true, "aria-label": "Files to send" });
  #list = h("ul", { class: "file-list", "aria-label": "Files to send", hidden: true });

  constructor(form) {
    this.#input.addEventListener("change", () => {
      this.#add(this.#input.files);
      this.#input.value = "";
    });
    form.addEventListener("dragover", (event) => event.preventDefault());
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      this.#add(event.dataTransfer.files);
    });
  }

  get parts() {
    const choose = h("button", { type: "button", class: "button small", onclick: () => this.#input.click() }, "File");
    return { list: this.#list, button: [choose, this.#input] };
  }

  get isEmpty() {
    return this.#files.length === 0;
  }

  clear() {
    this.#files = [];
    this.#draw();
  }

  /** As the control server takes them. */
  async read() {
    return Promise.all(this.#files.map(async (file) => ({ name: file.name, base64: await base64Of(file) })));
  }

  #add(files) {
    for (const file of files) {
      if (file.size > MOST_BYTES) toast(`${file.name} is too large for the sandbox`, "error");
      else if (this.#files.length < MOST_FILES) this.#files.push(file);
    }
    this.#draw();
  }

  #draw() {
    this.#list.hidden = this.isEmpty;
    const item = (file) => {
      const remove = () => {
        this.#files = this.#files.filter((one) => one !== file);
        this.#draw();
      };
      return h(
        "li",
        {},
        h("span", { class: "ellipsis" }, file.name),
        iconButton("close", `Remove ${file.name}`, remove),
      );
    };
    this.#list.replaceChildren(...this.#files.map(item));
  }
}

function base64Of(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
