/* A signature drawn with finger, pen or mouse goes into its hidden field as a picture. */
import { each } from "./page.js";

class Pad {
  constructor(pad) {
    this.canvas = pad.querySelector("canvas");
    this.field = document.getElementById(pad.dataset.pad);
    this.pen = this.canvas.getContext("2d");
    this.blank = true;
    this.prepare();
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.draw(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => this.end());
    pad.querySelector("[data-clear]").addEventListener("click", () => this.clear());
    if (this.field.value) this.restore();
  }

  prepare() {
    this.pen.fillStyle = "#fff";
    this.pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.pen.strokeStyle = "#111";
    this.pen.lineWidth = 3;
    this.pen.lineCap = this.pen.lineJoin = "round";
  }

  /** What was signed before a form came back refused is still there. */
  restore() {
    const picture = new Image();
    picture.addEventListener("load", () => this.pen.drawImage(picture, 0, 0));
    picture.src = this.field.value;
    this.blank = false;
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = this.canvas.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }

  begin(event) {
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.pen.beginPath();
    this.pen.moveTo(...this.at(event));
  }

  draw(event) {
    if (!this.drawing) return;
    this.pen.lineTo(...this.at(event));
    this.pen.stroke();
    this.blank = false;
  }

  end() {
    if (!this.drawing) return;
    this.drawing = false;
    if (!this.blank) this.field.value = this.canvas.toDataURL("image/png");
  }

  clear() {
    this.prepare();
    this.blank = true;
    this.field.value = "";
  }
}

/** Pads are shown while the choice is to sign on the screen. */
const follow = (signing) => {
  const form = signing.closest("form");
  const show = () => {
    const how = new FormData(form).get("how");
    signing.hidden = how === "scan";
  };
  form.addEventListener("change", show);
  show();
};

each("[data-signing]", (signing) => {
  signing.querySelectorAll("[data-pad]").forEach((pad) => new Pad(pad));
  follow(signing);
});
