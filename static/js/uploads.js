/* Files dropped or pasted join those chosen in the field, each with a preview and a way out. */
import { each, say, toast } from "./page.js";

const MEGABYTE = 1024 * 1024;

const fits = (file, accept) =>
  !accept ||
  accept.split(",").some((kind) => {
    const wanted = kind.trim().toLowerCase();
    if (wanted.startsWith(".")) return file.name.toLowerCase().endsWith(wanted);
    return wanted.endsWith("/*") ? file.type.startsWith(wanted.slice(0, -1)) : file.type === wanted;
  });

class Upload {
  constructor(zone) {
    this.zone = zone;
    this.input = zone.querySelector("input[type=file]");
    this.list = zone.querySelector("[data-previews]");
    this.files = [];
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("is-over");
      this.add([...event.dataTransfer.files]);
    });
    this.input.form?.addEventListener("paste", (event) => {
      const files = [...event.clipboardData.files];
      if (!files.length || !this.isMeant(event.target)) return;
      event.preventDefault();
      this.add(files.map((file, index) => this.named(file, index)));
    });
    this.input.form?.addEventListener("reset", () => this.show([]));
  }

  /** What is pasted goes to the field in hand or under the pointer, else to the one the form names, else to the first. */
  isMeant(target) {
    const zones = [...this.input.form.querySelectorAll("[data-upload]")];
    const near = (zone) => zone.contains(target) || zone.matches(":hover, .slot:hover *");
    return this.zone === (zones.find(near) ?? zones.find((zone) => zone.matches("[data-pastes] *")) ?? zones[0]);
  }

  /** A pasted picture is called image.png every time; the time tells them apart. */
  named(file, index) {
    const stamp = new Date().toTimeString().slice(0, 8).replaceAll(":", "");
    const ending = file.name.includes(".") ? file.name.slice(file.name.lastIndexOf(".")) : "";
    return new File([file], `${stamp}-${index + 1}${ending}`, { type: file.type });
  }

  add(files) {
    const { most, megabytes } = this.input.dataset;
    const taken = this.files.slice();
    for (const file of files) {
      if (taken.some((one) => one.name === file.name && one.size === file.size)) continue;
      if (!fits(file, this.input.accept)) toast(say("wrongKind", { name: file.name }), "warn");
      else if (megabytes && file.size > megabytes * MEGABYTE) toast(say("tooLarge", { name: file.name, size: megabytes }), "warn");
      else if (most && taken.length >= Number(most)) {
        toast(say("tooMany", { count: most }), "warn");
        break;
      } else taken.push(file);
    }
    this.show(taken);
  }

  show(files) {
    this.files = files;
    const carrier = new DataTransfer();
    for (const file of files) carrier.items.add(file);
    this.input.files = carrier.files;
    for (const picture of this.list.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
    this.list.replaceChildren(...files.map((file) => this.preview(file)));
  }

  preview(file) {
    const item = document.createElement("li");
    item.className = "preview";
    item.title = file.name;
    if (file.type.startsWith("image/") && !/hei[cf]/.test(file.type)) {
      const picture = document.createElement("img");
      picture.src = URL.createObjectURL(file);
      picture.alt = file.name;
      item.append(picture);
    } else {
      item.append(file.name);
    }
    const out = document.createElement("button");
    Object.assign(out, { type: "button", textContent: "×" });
    out.setAttribute("aria-label", `${say("remove")} ${file.name}`);
    out.addEventListener("click", () => this.show(this.files.filter((one) => one !== file)));
    item.append(out);
    return item;
  }
}

each("[data-upload]", (zone) => new Upload(zone));
